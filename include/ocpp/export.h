/* export.h: what the library shows of itself to the linker, and one attribute.
 *
 * Everything is built with hidden visibility; only declarations marked OCPP_API are part of the shared library's face.
 */
#ifndef OCPP_EXPORT_H
#define OCPP_EXPORT_H

#if defined(__GNUC__)
#define OCPP_API __attribute__((visibility("default")))
#define OCPP_MUST_USE __attribute__((warn_unused_result))
#define OCPP_PRINTF(format_index, first_argument) __attribute__((format(printf, format_index, first_argument)))
#else
#define OCPP_API
#define OCPP_MUST_USE
#define OCPP_PRINTF(format_index, first_argument)
#endif

#ifdef __cplusplus
#define OCPP_BEGIN_DECLARATIONS extern "C" {
#define OCPP_END_DECLARATIONS }
#else
#define OCPP_BEGIN_DECLARATIONS
#define OCPP_END_DECLARATIONS
#endif

#endif
