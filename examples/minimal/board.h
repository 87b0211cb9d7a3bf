/* board.h: the hardware under the example, as any pile's firmware has it. board.c makes it up from lines on standard input. */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stdint.h>

struct board;

enum board_event_kind { BOARD_NOTHING, BOARD_PLUG, BOARD_TOKEN, BOARD_LATCH };

struct board_event {
    enum board_event_kind kind;
    int evse;
    int connector;
    bool on; /* plugged, locked */
    char token[64];
};

struct board *board_open(void);
void board_close(struct board *board);

/* board_wait: waits until something happens at the board or |fd| is readable. False: the board is being switched off. */
bool board_wait(struct board *board, struct board_event *event, int fd);

void board_contactor(struct board *board, int evse, bool closed);
void board_latch(struct board *board, int evse, int connector, bool locked);
void board_show(struct board *board, int evse, int connector, const char *text);
int64_t board_energy_wh(const struct board *board, int evse);

#endif
