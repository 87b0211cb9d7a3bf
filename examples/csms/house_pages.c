/* house_pages.c: a statement to be printed, or read by a spreadsheet. What people wrote (names, flats) may hold anything, so it
 * is written as text, whatever it looks like: no markup in HTML, no formula in a spreadsheet. */
#include "house_request.h"

#include <ocpp/settlement/money.h>
#include <ocpp/types.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_BYTES_MAX = 32 * 1024 * 1024, PIECE_SIZE = 512 };

/* --- text ------------------------------------------------------------------------------------------------------------------ */

static void add_bytes(struct house_page *page, const char *bytes, size_t size)
{
    if (page->size + size + 1 > page->room) {
        const size_t room = 2 * (page->size + size) + 4096;
        char *more = room <= PAGE_BYTES_MAX ? realloc(page->text, room) : NULL;

        if (!more) {
            page->failed = true;
            return;
        }
        page->text = more;
        page->room = room;
    }
    memcpy(page->text + page->size, bytes, size);
    page->size += size;
    page->text[page->size] = '\0';
}

static void add(struct house_page *page, const char *text)
{
    add_bytes(page, text, strlen(text));
}

static const char *escaped(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static void add_html(struct house_page *page, const char *text)
{
    for (; text && *text; text++) {
        const char *instead = escaped(*text);

        add_bytes(page, instead ? instead : text, instead ? strlen(instead) : 1);
    }
}

/* A spreadsheet takes what begins so for a formula. */
static void add_csv(struct house_page *page, const char *text)
{
    add(page, "\"");
    if (text && text[0] && strchr("=+-@\t\r", text[0])) {
        add(page, "'");
    }
    for (; text && *text; text++) {
        add_bytes(page, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    }
    add(page, "\"");
}

typedef void adder(struct house_page *page, const char *text);

/* --- values ---------------------------------------------------------------------------------------------------------------- */

static void add_time(struct house_page *page, adder *put, int64_t utc_ms)
{
    char text[OCPP_TIME_TEXT_SIZE] = "";

    if (utc_ms != OCPP_UTC_UNKNOWN) {
        (void)ocpp_time_format(utc_ms, text);
    }
    put(page, text);
}

static void add_amount(struct house_page *page, int64_t minor)
{
    char text[OCPP_SETTLE_AMOUNT_TEXT_SIZE] = "";

    if (ocpp_settle_amount_format(minor, page->exponent, text) == OCPP_OK) {
        add(page, text);
    }
}

static void add_kwh(struct house_page *page, int64_t mwh)
{
    char text[PIECE_SIZE];
    const int64_t size = mwh < 0 ? -mwh : mwh;

    (void)snprintf(text, sizeof text, "%s%" PRId64 ".%06" PRId64, mwh < 0 ? "-" : "", size / 1000000, size % 1000000);
    add(page, text);
}

/* Millionths of the major unit. */
static void add_price(struct house_page *page, int64_t micro)
{
    char text[PIECE_SIZE];

    (void)snprintf(text, sizeof text, "%" PRId64 ".%06" PRId64, micro / 1000000, micro % 1000000);
    add(page, text);
}

static void add_number(struct house_page *page, int64_t number)
{
    char text[PIECE_SIZE];

    (void)snprintf(text, sizeof text, "%" PRId64, number);
    add(page, text);
}

/* --- HTML ------------------------------------------------------------------------------------------------------------------ */

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Statement</title>\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    "<style>body{font:11pt serif;margin:2em}table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid "
    "#999;padding:.2em .4em;text-align:left;font-size:9pt}td.n,th.n{text-align:right}.odd{font-weight:bold}@page{margin:15mm}"
    "</style></head><body>\n";

static void row(struct house_page *page, const char *name, const char *value)
{
    add(page, "<tr><th>");
    add(page, name);
    add(page, "</th><td>");
    add_html(page, value);
    add(page, "</td></tr>\n");
}

static void time_row(struct house_page *page, const char *name, int64_t utc_ms)
{
    add(page, "<tr><th>");
    add(page, name);
    add(page, "</th><td>");
    add_time(page, add_html, utc_ms);
    add(page, "</td></tr>\n");
}

void house_page_begin_html(struct house_page *page, const struct ocpp_settle_statement *statement)
{
    page->exponent = statement->exponent;
    add(page, head);
    add(page, "<h1>");
    add_html(page, statement->house_name);
    add(page, "</h1>\n<table>\n");
    row(page, "Tenant", statement->tenant_name ? statement->tenant_name : statement->tenant);
    row(page, "Flat", statement->flat);
    row(page, "Statement", statement->id);
    row(page, "Kind", statement->kind);
    row(page, "State", statement->order_state ? statement->order_state : statement->state);
    time_row(page, "From", statement->from_utc_ms);
    time_row(page, "To", statement->to_utc_ms);
    time_row(page, "Due", statement->due_utc_ms);
    add(page,
        "</table>\n<table><tr><th>No.</th><th>Kind</th><th>Pile</th><th>From</th><th>To</th><th class=\"n\">Register at the "
        "start, kWh</th><th class=\"n\">at the end, kWh</th><th class=\"n\">Used, kWh</th><th class=\"n\">Price of a "
        "kWh</th><th class=\"n\">Net</th><th class=\"n\">Tax</th><th class=\"n\">Total</th><th>Signed</th></tr>\n");
}

static void cell(struct house_page *page, void (*put)(struct house_page *page, int64_t value), int64_t value, bool has)
{
    add(page, "<td class=\"n\">");
    if (has) {
        put(page, value);
    }
    add(page, "</td>");
}

static void text_cell(struct house_page *page, const char *text)
{
    add(page, "<td>");
    add_html(page, text);
    add(page, "</td>");
}

static void time_cell(struct house_page *page, int64_t utc_ms)
{
    add(page, "<td>");
    add_time(page, add_html, utc_ms);
    add(page, "</td>");
}

void house_page_add_html(struct house_page *page, const struct ocpp_settle_session *session)
{
    page->items++;
    add(page, "<tr>");
    cell(page, add_number, session->number, true);
    text_cell(page, session->kind);
    text_cell(page, session->station);
    time_cell(page, session->started_utc_ms);
    time_cell(page, session->ended_utc_ms);
    cell(page, add_kwh, session->start_mwh, session->has_registers);
    cell(page, add_kwh, session->end_mwh, session->has_registers);
    cell(page, add_kwh, session->energy_mwh, true);
    cell(page, add_price, session->price_micro, true);
    cell(page, add_amount, session->net_minor, true);
    cell(page, add_amount, session->tax_minor, true);
    cell(page, add_amount, session->gross_minor, true);
    text_cell(page, session->signature ? session->signature : session->bill_hash);
    add(page, "</tr>\n");
    if (session->anomaly) {
        add(page, "<tr><td></td><td class=\"odd\" colspan=\"12\">");
        add_html(page, session->anomaly);
        add(page, session->is_confirmed ? " (confirmed by the landlord)" : "");
        add(page, "</td></tr>\n");
    }
}

static void total(struct house_page *page, const char *name, int64_t minor, const char *currency)
{
    add(page, "<tr><th>");
    add_html(page, name);
    add(page, "</th><td class=\"n\">");
    add_amount(page, minor);
    add(page, " ");
    add_html(page, currency);
    add(page, "</td></tr>\n");
}

void house_page_end_html(struct house_page *page, const struct ocpp_settle_statement *statement)
{
    add(page, "</table>\n<table>\n");
    total(page, "Net", statement->net_minor, statement->currency);
    for (size_t i = 0; i < statement->tax_count; i++) {
        total(page, statement->taxes[i].name, statement->taxes[i].tax_minor, statement->currency);
    }
    total(page, "Total", statement->gross_minor, statement->currency);
    total(page, "Paid", statement->paid_minor, statement->currency);
    add(page, "</table>\n<p>Digest of the items: ");
    add_html(page, statement->digest);
    add(page, "</p>\n</body></html>\n");
}

/* --- CSV ------------------------------------------------------------------------------------------------------------------- */

void house_page_begin_csv(struct house_page *page)
{
    add(page, "number,kind,order,card,station,evse,transaction,started,ended,start_kwh,end_kwh,energy_kwh,price,net,tax,gross,"
              "bill_hash,anomaly,confirmed,signature\r\n");
}

static void csv_text(struct house_page *page, const char *text)
{
    add(page, ",");
    add_csv(page, text);
}

static void csv_value(struct house_page *page, void (*put)(struct house_page *page, int64_t value), int64_t value, bool has)
{
    add(page, ",");
    if (has) {
        put(page, value);
    }
}

void house_page_add_csv(struct house_page *page, const struct ocpp_settle_session *session)
{
    page->items++;
    add_number(page, session->number);
    csv_text(page, session->kind);
    csv_text(page, session->order);
    csv_text(page, session->card);
    csv_text(page, session->station);
    csv_value(page, add_number, session->evse, true);
    csv_text(page, session->transaction);
    add(page, ",");
    add_time(page, add_csv, session->started_utc_ms);
    add(page, ",");
    add_time(page, add_csv, session->ended_utc_ms);
    csv_value(page, add_kwh, session->start_mwh, session->has_registers);
    csv_value(page, add_kwh, session->end_mwh, session->has_registers);
    csv_value(page, add_kwh, session->energy_mwh, true);
    csv_value(page, add_price, session->price_micro, true);
    csv_value(page, add_amount, session->net_minor, true);
    csv_value(page, add_amount, session->tax_minor, true);
    csv_value(page, add_amount, session->gross_minor, true);
    csv_text(page, session->bill_hash);
    csv_text(page, session->anomaly);
    add(page, session->is_confirmed ? ",true" : ",false");
    csv_text(page, session->signature);
    add(page, "\r\n");
}
