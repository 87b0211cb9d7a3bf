# Headers, and the package files that let find_package(ocpp) and pkg-config find what ocpp_library() installed. Comes last.
include(CMakePackageConfigHelpers)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ocpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
if(OCPP_SETTLEMENT)
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/extensions/settlement/include/ocpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
endif()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(OCPP_VERSIONS "")
foreach(version 1.6:OCPP_V16 2.0.1:OCPP_V201 2.1:OCPP_V21)
    string(REPLACE ":" ";" version ${version})
    list(GET version 1 option)
    if(${option})
        list(GET version 0 name)
        list(APPEND OCPP_VERSIONS ${name})
    endif()
endforeach()

set(OCPP_CONFIG_PACKAGES "")
get_property(libraries GLOBAL PROPERTY OCPP_LIBRARIES)
foreach(library IN LISTS libraries)
    get_property(packages GLOBAL PROPERTY OCPP_PACKAGES_${library})
    string(APPEND OCPP_CONFIG_PACKAGES "set(_ocpp_packages_${library} ${packages})\n")
endforeach()

configure_package_config_file(${PROJECT_SOURCE_DIR}/scripts/cmake/ocppConfig.cmake.in ${PROJECT_BINARY_DIR}/ocppConfig.cmake
    INSTALL_DESTINATION ${OCPP_INSTALL_CMAKEDIR})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ocppConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ocppConfig.cmake ${PROJECT_BINARY_DIR}/ocppConfigVersion.cmake
    DESTINATION ${OCPP_INSTALL_CMAKEDIR})
