/* words.js: what states, kinds and reasons of orders, payments and power banks are called by people. What a table does not know stays
 * as the server called it. */

/* said(ORDER_WORDS, "WrittenOff") */
export function said(table, name) {
  return Object.hasOwn(table, name) ? table[name] : name;
}

export const ORDER_WORDS = { Open: "open", Void: "nothing was used", Sealed: "closed", Due: "to be paid", Debt: "not paid", Paid: "paid", WrittenOff: "given up" };

/* A leg of a payment: what one provider was asked for. */
export const LEG_WORDS = {
  Authorizing: "being asked for", Held: "held", Capturing: "being taken", Captured: "taken", Releasing: "being let go", Released: "let go", Failed: "failed", Refunding: "being given back",
};

export const LINE_WORDS = {
  Energy: "Energy",
  Time: "Charging time",
  Idle: "Idle time",
  Flat: "Per visit",
  Reservation: "Reservation",
  PowerBankRental: "Power bank",
  PowerBankPurchase: "Power bank, bought",
  Adjustment: "Adjustment",
  Minimum: "Minimum",
  Cap: "Maximum",
  Tax: "Tax",
};

/* As its renter is told stands in drive/words.js. */
export const RENTAL_WORDS = {
  Requested: "waits for the deposit",
  Granted: "about to be let out",
  Taken: "out",
  Unseen: "let out, not seen leaving",
  Swapping: "being swapped",
  Suspense: "to be decided",
  Returned: "returned",
  Bought: "bought",
  Failed: "not let out",
  Silent: "the pile told nothing of it",
};

export const BANK_WORDS = {
  Idle: "free", Reserved: "reserved", Rented: "rented", Returning: "coming back", Held: "held", OutOfService: "out of service", Sold: "sold", Lost: "lost",
};

export const CONDITION_WORDS = { Good: "good", Damaged: "damaged", EmptyCells: "empty cells", Faulty: "faulty" };

/* What nobody understands about a bank. */
export const SUSPENSE_WORDS = {
  UnreadableMark: "unreadable mark",
  TornMark: "torn mark",
  ForgedMark: "forged mark",
  OldMark: "old mark",
  UnknownOrder: "mark of an unknown rental",
  OtherHardware: "mark of another bank",
  ForeignFleet: "bank of another fleet",
  UnknownBank: "unknown bank",
  Twice: "bank that lies elsewhere already",
  InventoryDifference: "bank that came or went unasked",
  NotNeutral: "rental that could not be undone",
  NoPayer: "rental that nobody pays",
  OutForService: "bank not back from service",
};

/* Why a rental came to nothing, why a cable is free. Other reasons come in words. */
export const REASON_WORDS = {
  MarkFailed: "its mark could not be written",
  EjectFailed: "the bay could not let it out",
  NotTaken: "nobody took it",
  GrantExpired: "the pile heard of it too late",
  Cancelled: "it was cancelled",
  Torn: "its mark could not be read again",
  SlotSuspect: "something is wrong with its slot",
  PowerLost: "the pile lost its power meanwhile",
  BankGone: "it was not in its slot any more",
  Paid: "it was paid",
  Nothing: "there was nothing to pay",
  GivenUp: "nobody asks for it any more",
  Operator: "the operator let the cable go",
  Deadline: "nobody paid in time",
  Fault: "the pile had a fault",
  EmergencyStop: "the emergency stop was pressed",
  Unreachable: "the pile could not ask",
  ProviderUnreachable: "the payment could not be asked for",
  ByHand: "the latch was opened by hand",
  Pulled: "the cable was pulled at the vehicle",
  NotStored: "the pile could not keep a note of it",
};

/* What a connector or a session does; other words are the station's. */
export const CHARGING_WORDS = { SuspendedEV: "Paused by the vehicle", SuspendedEVSE: "Paused by the station", EVConnected: "Vehicle connected" };
