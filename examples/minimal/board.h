/* board.h: the hardware under the example, as any pile's firmware has it. board.c makes it up from lines on standard input. */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stdint.h>

struct board;

enum board_event_kind { BOARD_NOTHING, BOARD_PLUG, BOARD_TOKEN, BOARD_LATCH, BOARD_STOP, BOARD_FAULT };

struct board_event {
    enum board_event_kind kind;
    int evse;
    int connector;
    bool on; /* plugged, locked, faulted */
    char token[64];
};

struct board *board_open(void);
void board_close(struct board *board);

/* board_wait: waits until something happens at the board or |fd| is readable. False: the board is being switched off. */
bool board_wait(struct board *board, struct board_event *event, int fd);

void board_contactor(struct board *board, int evse, bool closed);
/* board_offer: what the vehicle is told it may draw, per phase; no more than the cable can carry. */
void board_offer(struct board *board, int evse, int64_t current_ma);
void board_latch(struct board *board, int evse, int connector, bool locked);
void board_show(struct board *board, int evse, int connector, const char *text);
int64_t board_energy_wh(const struct board *board, int evse);

#endif
