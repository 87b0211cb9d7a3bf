# What every target of this project is built with, and the two words the lists below it speak: ocpp_floor and ocpp_test.

add_library(ocpp_warnings INTERFACE)
target_compile_options(ocpp_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wcast-qual -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla
    -Wformat=2 -Wswitch-enum)
if(OCPP_WARNINGS_AS_ERRORS)
    target_compile_options(ocpp_warnings INTERFACE -Werror)
endif()

# ocpp_floor(NAME sources… BELOW floors…): lib/<dir> as an object library that sees include/ and the floors below it.
function(ocpp_floor name)
    cmake_parse_arguments(FLOOR "" "" "BELOW" ${ARGN})
    add_library(${name} OBJECT ${FLOOR_UNPARSED_ARGUMENTS})
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/include ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${FLOOR_BELOW} PRIVATE ocpp_warnings)
endfunction()

# ocpp_test(NAME sources… [LINK targets…]): one cmocka program, one ctest entry.
function(ocpp_test name)
    cmake_parse_arguments(TEST "" "" "LINK" ${ARGN})
    add_executable(${name} ${TEST_UNPARSED_ARGUMENTS})
    target_link_libraries(${name} PRIVATE ${TEST_LINK} ocpp_warnings cmocka)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(${name} PROPERTIES TIMEOUT 120)
endfunction()
