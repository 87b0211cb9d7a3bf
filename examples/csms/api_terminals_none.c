/* api_terminals_none.c: the resources of api_terminals.c in a program that was built without the settlement extension. */
#include "not_built.h"

NOT_BUILT(api_terminals)
NOT_BUILT(api_terminal_register)
NOT_BUILT(api_terminal_revoke)
NOT_BUILT(api_terminal_forget)
NOT_BUILT(api_associations)
NOT_BUILT(api_dissociate)
NOT_BUILT(api_associate)
NOT_BUILT(api_vehicle_sold)
NOT_BUILT(api_starts)
NOT_BUILT(api_start_stop)
