/* central_store_of_first_release.h: what a central system of the first release left in its store. Never edited: later releases
 * must read it.
 *
 * PILE-1 (1.6): 1 runs at connector 1 for TAG (1000 Wh, then 1500 at 00:01), 2 ended (ELSE, 700 to 2700), and a stop without number
 * (GHOST, 99 Wh) that nobody started. PILE-2 (2.0.1): T1 runs at EVSE 1 for TAG (100 Wh, 450 at 00:04; 0, 1 and 4 were told), T2
 * ended at EVSE 2 with one reading (900). Starts at 00:00, 00:02, 00:00 and 00:10 of 2026-01-01. */
#ifndef OCPP_TESTS_CENTRAL_STORE_OF_FIRST_RELEASE_H
#define OCPP_TESTS_CENTRAL_STORE_OF_FIRST_RELEASE_H

/* clang-format off */
static const struct {
    const char *key;
    const char *value;
} central_first_release[] = {
    { "last/PILE-1/transaction",
      "0000000000000003" },
    { "last/PILE-2/transaction",
      "0000000000000002" },
    { "number/0",
      "2" },
    { "open/PILE-1/0000000000000001",
      "1" },
    { "open/PILE-2/0000000000000001",
      "1" },
    { "start/PILE-1/3991ce73974e673a",
      "0000000000000001" },
    { "start/PILE-1/a74eb87c50d18a65",
      "0000000000000002" },
    { "station/PILE-1",
      "{\"version\":\"1.6\",\"vendor\":\"V\",\"model\":\"M\"}" },
    { "station/PILE-2",
      "{\"version\":\"2.0.1\",\"vendor\":\"V\",\"model\":\"M\"}" },
    { "tx/PILE-1/0000000000000001",
      "{\"id\":\"1\",\"version\":\"1.6\",\"evse\":1,\"connector\":1,\"token\":\"TAG\",\"tokenType\":\"Unknown\",\"started\":\"2026-01-01T00:00:00.000Z\",\"meterStart\":1000,\"meterStartTime\":\"2026-01-01T00:00:00.000Z\",\"meterLast\":1500,\"meterLastTime\":\"2026-01-01T00:01:00.000Z\",\"chargingState\":1,\"seqSeen\":0,\"startTold\":true,\"endTold\":false,\"offline\":false,\"numberUsed\":true}" },
    { "tx/PILE-1/0000000000000002",
      "{\"id\":\"2\",\"version\":\"1.6\",\"evse\":2,\"connector\":1,\"token\":\"ELSE\",\"tokenType\":\"Unknown\",\"started\":\"2026-01-01T00:02:00.000Z\",\"ended\":\"2026-01-01T00:30:00.000Z\",\"meterStart\":700,\"meterStartTime\":\"2026-01-01T00:02:00.000Z\",\"meterLast\":2700,\"meterLastTime\":\"2026-01-01T00:30:00.000Z\",\"reason\":\"EVDisconnected\",\"chargingState\":0,\"seqSeen\":0,\"startTold\":true,\"endTold\":true,\"offline\":false,\"numberUsed\":false}" },
    { "tx/PILE-1/0000000000000003",
      "{\"id\":\"-1@1767227460000-f8f2fad20d399487\",\"version\":\"1.6\",\"evse\":0,\"connector\":0,\"token\":\"GHOST\",\"tokenType\":\"Unknown\",\"ended\":\"2026-01-01T00:31:00.000Z\",\"meterLast\":99,\"meterLastTime\":\"2026-01-01T00:31:00.000Z\",\"reason\":\"Local\",\"chargingState\":0,\"seqSeen\":0,\"startTold\":false,\"endTold\":true,\"offline\":false,\"numberUsed\":false}" },
    { "tx/PILE-2/0000000000000001",
      "{\"id\":\"T1\",\"version\":\"2.0.1\",\"evse\":1,\"connector\":1,\"token\":\"TAG\",\"tokenType\":\"ISO14443\",\"tokenSeq\":0,\"started\":\"2026-01-01T00:00:00.000Z\",\"meterStart\":100,\"meterStartTime\":\"2026-01-01T00:00:00.000Z\",\"meterLast\":450,\"meterLastTime\":\"2026-01-01T00:04:00.000Z\",\"chargingState\":0,\"seqNo\":4,\"seqSeen\":25,\"startTold\":true,\"endTold\":false,\"offline\":false,\"numberUsed\":false}" },
    { "tx/PILE-2/0000000000000002",
      "{\"id\":\"T2\",\"version\":\"2.0.1\",\"evse\":2,\"connector\":1,\"started\":\"2026-01-01T00:10:00.000Z\",\"ended\":\"2026-01-01T00:20:00.000Z\",\"meterStart\":900,\"meterStartTime\":\"2026-01-01T00:20:00.000Z\",\"meterLast\":900,\"meterLastTime\":\"2026-01-01T00:20:00.000Z\",\"chargingState\":0,\"seqNo\":1,\"seqSeen\":3,\"startTold\":true,\"endTold\":true,\"offline\":false,\"numberUsed\":false}" },
    { "txid/PILE-1/n-1@1767227460000-f8f2fad20d399487",
      "0000000000000003" },
    { "txid/PILE-1/n1",
      "0000000000000001" },
    { "txid/PILE-1/n2",
      "0000000000000002" },
    { "txid/PILE-2/tT1",
      "0000000000000001" },
    { "txid/PILE-2/tT2",
      "0000000000000002" },
};
/* clang-format on */

#endif
