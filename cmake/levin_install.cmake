# What `cmake --install` lays down, in two components: runtime (tools, man pages, completion) and devel (libraries, headers,
# package config). The .deb that `cpack` builds is the first.
include(CMakePackageConfigHelpers)

install(TARGETS levin_core levin_kernels levin_remote levin_store levin_formats levin_engine levin_cli levin_levin levin_settings
        EXPORT levinTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT devel)
install(EXPORT levinTargets NAMESPACE levin:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/levin COMPONENT devel)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/lib/levin" DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT devel
        FILES_MATCHING PATTERN "*.hpp")
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/levinConfig.cmake.in" "${PROJECT_BINARY_DIR}/levinConfig.cmake"
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/levin)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/levinConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/levinConfig.cmake" "${PROJECT_BINARY_DIR}/levinConfigVersion.cmake"
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/levin COMPONENT devel)

install(DIRECTORY "${PROJECT_SOURCE_DIR}/man/" DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT runtime
        FILES_MATCHING PATTERN "*.1")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/man/" DESTINATION ${CMAKE_INSTALL_MANDIR}/man5 COMPONENT runtime
        FILES_MATCHING PATTERN "*.5")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/man/" DESTINATION ${CMAKE_INSTALL_MANDIR}/man7 COMPONENT runtime
        FILES_MATCHING PATTERN "*.7")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright COMPONENT runtime)

# Completion is what the built tools say of themselves; each shell has its own folder and file name for it.
if(TARGET tool_levin)
    get_property(tools GLOBAL PROPERTY LEVIN_TOOLS)
    list(TRANSFORM tools PREPEND tool_)
    set(completions "${PROJECT_BINARY_DIR}/completions")
    add_custom_command(OUTPUT "${completions}/bash" "${completions}/zsh" "${completions}/fish"
                       COMMAND "${CMAKE_COMMAND}" -E make_directory "${completions}"
                       COMMAND $<TARGET_FILE:tool_levin> completion bash > "${completions}/bash"
                       COMMAND $<TARGET_FILE:tool_levin> completion zsh > "${completions}/zsh"
                       COMMAND $<TARGET_FILE:tool_levin> completion fish > "${completions}/fish"
                       DEPENDS ${tools} VERBATIM)
    add_custom_target(levin_completions ALL DEPENDS "${completions}/bash")
    install(FILES "${completions}/bash" DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
            RENAME levin COMPONENT runtime)
    install(FILES "${completions}/zsh" DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions
            RENAME _levin COMPONENT runtime)
    install(FILES "${completions}/fish" DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d
            RENAME levin.fish COMPONENT runtime)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME levin)
set(CPACK_PACKAGE_CONTACT "the levin authors <levin@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION
    "levin turns stacks of images into time series per pixel and analyses them: filters, projections, detrending, spectra, dF/F and clusters, on Zarr stores of any size in a stated amount of memory.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL runtime)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
include(CPack)
