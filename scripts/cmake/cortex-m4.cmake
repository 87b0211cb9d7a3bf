# A bare Cortex-M4 with gcc-arm-none-eabi and newlib: only libraries are built, nothing is linked or run.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR cortex-m4)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_FLAGS_INIT "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -ffunction-sections -fdata-sections --specs=nano.specs")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)

# The header of the host's cJSON serves the target: it names no type of the host. It is copied, so that no other host header comes along.
# Set OCPP_CJSON_HEADER_DIR to the folder of your own cjson/cJSON.h instead.
if(NOT OCPP_CJSON_HEADER_DIR)
    find_path(OCPP_HOST_CJSON cjson/cJSON.h PATHS /usr/include /usr/local/include NO_DEFAULT_PATH REQUIRED)
    file(COPY ${OCPP_HOST_CJSON}/cjson/cJSON.h DESTINATION ${CMAKE_BINARY_DIR}/foreign/cjson)
    set(OCPP_CJSON_HEADER_DIR ${CMAKE_BINARY_DIR}/foreign)
endif()
