/* api_drive_none.c: what the pages of drivers and houses ask for, in a program that was built without the settlement extension.
 */
#include "not_built.h"

NOT_BUILT(api_drive_places)
NOT_BUILT(api_drive_offers)
NOT_BUILT(api_drive_bays)
NOT_BUILT(api_drive_begin)
NOT_BUILT(api_drivers)
NOT_BUILT(api_drive_visit)
NOT_BUILT(api_drive_confirm)
NOT_BUILT(api_drive_cancel)
NOT_BUILT(api_drive_start)
NOT_BUILT(api_drive_pay)
NOT_BUILT(api_drive_events)
NOT_BUILT(api_drive_qr)
NOT_BUILT(api_drive_stop)
NOT_BUILT(api_drive_rent)
NOT_BUILT(api_drive_report)
NOT_BUILT(api_drive_swap)
NOT_BUILT(api_drive_keep)
NOT_BUILT(api_house_consumption)
NOT_BUILT(api_house_statement_pay)
