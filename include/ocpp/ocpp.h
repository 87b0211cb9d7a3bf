/* ocpp.h: everything of the core in one include. adapters.h comes on top where libwebsockets and SQLite are used. */
#ifndef OCPP_OCPP_H
#define OCPP_OCPP_H

#include <ocpp/backoff.h>
#include <ocpp/central_drivers.h>
#include <ocpp/central_lists.h>
#include <ocpp/central_energy.h>
#include <ocpp/central_orders.h>
#include <ocpp/central_reports.h>
#include <ocpp/central_system.h>
#include <ocpp/central_transactions.h>
#include <ocpp/central_vehicles.h>
#include <ocpp/certificates.h>
#include <ocpp/charge_point.h>
#include <ocpp/cost.h>
#include <ocpp/crypto.h>
#include <ocpp/diagnostics.h>
#include <ocpp/customer.h>
#include <ocpp/file_transfer.h>
#include <ocpp/display.h>
#include <ocpp/firmware.h>
#include <ocpp/network.h>
#include <ocpp/frame.h>
#include <ocpp/message.h>
#include <ocpp/monitoring.h>
#include <ocpp/ocmf.h>
#include <ocpp/rpc.h>
#include <ocpp/status.h>
#include <ocpp/storage.h>
#include <ocpp/types.h>
#include <ocpp/vehicle.h>
#include <ocpp/vocabulary.h>

#endif
