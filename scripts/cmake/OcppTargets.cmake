# The words the lists of this project speak: ocpp_floor, ocpp_library, ocpp_program, ocpp_test, ocpp_fuzz. What each target is
# built with stands here once.

add_library(ocpp_warnings INTERFACE)
target_compile_options(ocpp_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wcast-qual -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla
    -Wformat=2 -Wswitch-enum)
if(OCPP_WARNINGS_AS_ERRORS)
    target_compile_options(ocpp_warnings INTERFACE -Werror)
endif()

# What was chosen at configure time, for the few places in lib/ that list versions or roles: always defined, 0 or 1.
add_library(ocpp_choices INTERFACE)
target_compile_definitions(ocpp_choices INTERFACE
    OCPP_WITH_V16=$<BOOL:${OCPP_V16}> OCPP_WITH_V201=$<BOOL:${OCPP_V201}> OCPP_WITH_V21=$<BOOL:${OCPP_V21}>)

# ocpp_subdirectory(folder): add_subdirectory for rooms that may not be furnished yet.
macro(ocpp_subdirectory folder)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/CMakeLists.txt)
        add_subdirectory(${folder})
    endif()
endmacro()

# ocpp_floor(NAME sources… [BELOW floors…]): lib/<dir> as an object library that sees include/ and the floors below it. A floor
# without sources is no target, and nothing that names it minds.
function(ocpp_floor name)
    cmake_parse_arguments(FLOOR "" "" "BELOW" ${ARGN})
    if(NOT FLOOR_UNPARSED_ARGUMENTS)
        return()
    endif()
    ocpp_floors_with_below(below ${FLOOR_BELOW})
    add_library(${name} OBJECT ${FLOOR_UNPARSED_ARGUMENTS})
    set_target_properties(${name} PROPERTIES OCPP_BELOW "${below}")
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/include ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${below} PRIVATE ocpp_warnings ocpp_choices)
endfunction()

# ocpp_floors_with_below(result targets…): the targets and every floor below them, once each, floors that do not exist left out.
# Object files travel only to direct users, so whoever links a floor names them all; this does it for them.
function(ocpp_floors_with_below result)
    set(all "")
    foreach(name IN LISTS ARGN)
        if(TARGET ${name})
            get_target_property(below ${name} OCPP_BELOW)
            list(APPEND all ${name})
            if(below)
                list(APPEND all ${below})
            endif()
        elseif(NOT name MATCHES "^ocpp_(base|json|model|rpc|session|charge_point|central|adapters|settlement)$")
            list(APPEND all ${name})
        endif()
    endforeach()
    list(REMOVE_DUPLICATES all)
    set(${result} "${all}" PARENT_SCOPE)
endfunction()

# ocpp_library(NAME OUTPUT file-name FLOORS floors… [USES libraries…] [PACKAGES pkg-config names…]): the static and the shared form
# of an installed library, made of the objects of its floors. USES names libraries of this project below it. In this tree
# ocpp::<name> is the static form, so that programs run from anywhere.
function(ocpp_library name)
    cmake_parse_arguments(LIB "" "OUTPUT" "FLOORS;USES;PACKAGES" ${ARGN})
    set(objects "")
    set(foreign "")
    foreach(floor IN LISTS LIB_FLOORS)
        if(TARGET ${floor})
            list(APPEND objects $<TARGET_OBJECTS:${floor}>)
        endif()
    endforeach()
    foreach(package IN LISTS LIB_PACKAGES)
        ocpp_package_target(target ${package})
        list(APPEND foreign ${target})
    endforeach()
    if(NOT objects)
        return()
    endif()
    set(forms static)
    get_property(can_share GLOBAL PROPERTY TARGET_SUPPORTS_SHARED_LIBS)
    if(can_share)
        list(APPEND forms shared)
    endif()
    foreach(form IN LISTS forms)
        set(target ocpp_lib_${name}_${form})
        string(TOUPPER ${form} kind)
        add_library(${target} ${kind} ${objects})
        set_target_properties(${target} PROPERTIES OUTPUT_NAME ${LIB_OUTPUT} EXPORT_NAME ${name} LINKER_LANGUAGE C
            VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
        target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
            $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
        foreach(use IN LISTS LIB_USES)
            target_link_libraries(${target} PUBLIC ocpp_lib_${use}_${form})
        endforeach()
        target_link_libraries(${target} PRIVATE ${foreign})
        install(TARGETS ${target} EXPORT ocpp-${name}-${form}
            LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
        install(EXPORT ocpp-${name}-${form} NAMESPACE ocpp:: DESTINATION ${OCPP_INSTALL_CMAKEDIR})
    endforeach()
    if(can_share AND NOT (CMAKE_C_COMPILER_ID MATCHES Clang AND CMAKE_C_FLAGS MATCHES "-fsanitize"))
        # A symbol that only the hidden part of another library has must be found out here, not by the user's linker. (Clang leaves
        # the sanitizers' own symbols open in shared libraries.)
        target_link_options(ocpp_lib_${name}_shared PRIVATE LINKER:--no-undefined)
    endif()
    add_library(ocpp::${name} ALIAS ocpp_lib_${name}_static)
    ocpp_install_pkg_config(${name} OUTPUT ${LIB_OUTPUT} USES ${LIB_USES} PACKAGES ${LIB_PACKAGES})
    set_property(GLOBAL APPEND PROPERTY OCPP_LIBRARIES ${name})
    set_property(GLOBAL PROPERTY OCPP_PACKAGES_${name} "${LIB_PACKAGES}")
endfunction()

# ocpp_install_pkg_config(NAME OUTPUT file-name [USES …] [PACKAGES …]): <file-name>.pc beside the library.
function(ocpp_install_pkg_config name)
    cmake_parse_arguments(PC "" "OUTPUT" "USES;PACKAGES" ${ARGN})
    set(requires "")
    foreach(use IN LISTS PC_USES)
        string(REPLACE "ocpp-ocpp" "ocpp" use "ocpp-${use}")
        list(APPEND requires "${use} = ${PROJECT_VERSION}")
    endforeach()
    list(JOIN requires ", " PC_REQUIRES)
    list(JOIN PC_PACKAGES ", " PC_REQUIRES_PRIVATE)
    set(PC_DESCRIPTION "${PROJECT_DESCRIPTION}")
    set(PC_LIBS_PRIVATE "")
    if(name STREQUAL "adapters")
        set(PC_LIBS_PRIVATE "-pthread")
    endif()
    file(RELATIVE_PATH PC_UP /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
    string(REGEX REPLACE "/$" "" PC_UP ${PC_UP})
    configure_file(${PROJECT_SOURCE_DIR}/scripts/cmake/ocpp.pc.in ${PROJECT_BINARY_DIR}/${PC_OUTPUT}.pc @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/${PC_OUTPUT}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

# ocpp_program(NAME sources… [LINK targets…]): a program, built into bin/ and installed into bin/.
function(ocpp_program name)
    cmake_parse_arguments(PROGRAM "" "" "LINK" ${ARGN})
    add_executable(${name} ${PROGRAM_UNPARSED_ARGUMENTS})
    target_link_libraries(${name} PRIVATE ${PROGRAM_LINK} ocpp_warnings)
    target_compile_definitions(${name} PRIVATE OCPP_PROGRAM_VERSION="${PROJECT_VERSION}")
    install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()

# ocpp_test(NAME sources… [LINK targets…] [LABELS labels…]): one cmocka program, one ctest entry. LINK may name only the topmost floor.
function(ocpp_test name)
    cmake_parse_arguments(TEST "" "" "LINK;LABELS" ${ARGN})
    ocpp_floors_with_below(link ${TEST_LINK})
    add_executable(${name} ${TEST_UNPARSED_ARGUMENTS})
    target_link_libraries(${name} PRIVATE ${link} ocpp_warnings ocpp_choices cmocka)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(${name} PROPERTIES TIMEOUT 120 LABELS "${TEST_LABELS}")
endfunction()

# ocpp_fuzz(NAME sources… [LINK targets…]): an untrusted input. With OCPP_BUILD_FUZZ (clang) it is a libFuzzer program in fuzz/; with
# the tests it is the same sources under a plain driver, and ctest replays fuzz/corpus/<name>/ through it on any compiler.
function(ocpp_fuzz name)
    cmake_parse_arguments(FUZZ "" "" "LINK" ${ARGN})
    ocpp_floors_with_below(link ${FUZZ_LINK})
    if(OCPP_BUILD_FUZZ)
        add_executable(fuzz_${name} ${FUZZ_UNPARSED_ARGUMENTS})
        target_link_libraries(fuzz_${name} PRIVATE ${link} ocpp_warnings ocpp_choices)
        target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
        set_target_properties(fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
    endif()
    if(OCPP_BUILD_TESTS)
        add_executable(replay_${name} ${FUZZ_UNPARSED_ARGUMENTS} ${PROJECT_SOURCE_DIR}/fuzz/replay.c)
        target_link_libraries(replay_${name} PRIVATE ${link} ocpp_warnings ocpp_choices)
        set_target_properties(replay_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
        add_test(NAME replay_${name} COMMAND replay_${name} ${PROJECT_SOURCE_DIR}/fuzz/corpus/${name})
        set_tests_properties(replay_${name} PROPERTIES TIMEOUT 120 LABELS corpus)
    endif()
endfunction()
