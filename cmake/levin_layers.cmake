# levin_add_layer(NAME LINKS PUBLIC... [PRIVATE ...]): one static library levin::NAME from every source in its folder.
function(levin_add_layer name)
    cmake_parse_arguments(arg "" "" "PUBLIC;PRIVATE" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp")
    add_library(levin_${name} STATIC ${sources})
    add_library(levin::${name} ALIAS levin_${name})
    target_include_directories(levin_${name} PUBLIC "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/lib>"
                                                    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
    target_link_libraries(levin_${name} PUBLIC levin_settings ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
    target_link_libraries(levin_${name} PRIVATE "$<BUILD_INTERFACE:levin_warnings>")
    set_target_properties(levin_${name} PROPERTIES EXPORT_NAME ${name})
endfunction()

# Where modules lie, the same in the build tree as installed: core/module.hpp.
set(LEVIN_MODULE_DIR "${CMAKE_INSTALL_LIBDIR}/levin")

# levin_add_module(LAYER NAME LIBRARY...): levin-NAME.so from the sources in LAYER/NAME, which takes all that it uses of levin
# from the program that loads it.
function(levin_add_module layer name)
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${layer}/${name}/*.cpp")
    add_library(module_${name} MODULE ${sources})
    set_target_properties(module_${name} PROPERTIES PREFIX "" OUTPUT_NAME "levin-${name}"
                          LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/${LEVIN_MODULE_DIR}")
    target_compile_definitions(module_${name} PRIVATE LEVIN_VERSION="${PROJECT_VERSION}")
    target_include_directories(module_${name} PRIVATE "${PROJECT_SOURCE_DIR}/lib")
    target_link_libraries(module_${name} PRIVATE levin_settings levin_warnings ${ARGN})
    install(TARGETS module_${name} LIBRARY DESTINATION "${LEVIN_MODULE_DIR}" COMPONENT runtime)
    # Whoever builds something to run builds the module too.
    add_dependencies(levin_${layer} module_${name})
endfunction()
