# The foreign libraries, found once and for the whole tree. Each belongs to one folder: cJSON to lib/json, the rest to lib/adapters.
#
# cJSON is found by hand on machines without pkg-config for the target (a bare Cortex-M): there only its header matters, the
# integrator links cJSON.c into the image.

# OCPP_CJSON_HEADER_DIR: the folder that holds cjson/cJSON.h, for targets without pkg-config; a toolchain file or the user sets it.

# ocpp_package_target(result package): the imported target of a pkg-config package, looked up on first use.
function(ocpp_package_target result package)
    string(TOUPPER ${package} prefix)
    string(REGEX REPLACE "^LIB" "" prefix ${prefix})
    if(package STREQUAL "libcjson" AND OCPP_CJSON_HEADER_DIR)
        if(NOT TARGET PkgConfig::CJSON)
            add_library(PkgConfig::CJSON INTERFACE IMPORTED GLOBAL)
            target_include_directories(PkgConfig::CJSON INTERFACE ${OCPP_CJSON_HEADER_DIR})
        endif()
    elseif(NOT TARGET PkgConfig::${prefix})
        find_package(PkgConfig REQUIRED)
        pkg_check_modules(${prefix} REQUIRED IMPORTED_TARGET GLOBAL ${package})
    endif()
    set(${result} PkgConfig::${prefix} PARENT_SCOPE)
endfunction()

# PkgConfig::CJSON, PkgConfig::WEBSOCKETS, PkgConfig::OPENSSL, PkgConfig::SQLITE3, PkgConfig::ZLIB, PkgConfig::CURL
ocpp_package_target(ignored libcjson)
set(OCPP_ADAPTERS_PACKAGES libwebsockets openssl sqlite3 zlib)
if(OCPP_CURL)
    list(APPEND OCPP_ADAPTERS_PACKAGES libcurl)
endif()
if(OCPP_ADAPTERS)
    foreach(package IN LISTS OCPP_ADAPTERS_PACKAGES)
        ocpp_package_target(ignored ${package})
    endforeach()
    find_package(Threads REQUIRED)
endif()
