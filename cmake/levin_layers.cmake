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
