# The target `docs`: the public headers as pages, where doxygen is installed (scripts/setup check). The tests judge docs/Doxyfile, too.
find_package(Python3 COMPONENTS Interpreter)
set(OCPP_DOCS_INPUT ${PROJECT_SOURCE_DIR}/include)
if(OCPP_SETTLEMENT)
    string(APPEND OCPP_DOCS_INPUT " ${PROJECT_SOURCE_DIR}/extensions/settlement/include")
endif()
configure_file(${PROJECT_SOURCE_DIR}/docs/Doxyfile.in ${PROJECT_BINARY_DIR}/docs/Doxyfile @ONLY)
find_program(OCPP_DOXYGEN doxygen)
mark_as_advanced(OCPP_DOXYGEN)
if(OCPP_DOXYGEN AND Python3_FOUND)
    add_custom_target(docs COMMAND ${OCPP_DOXYGEN} ${PROJECT_BINARY_DIR}/docs/Doxyfile
        COMMENT "docs: ${PROJECT_BINARY_DIR}/docs/html/index.html")
endif()
