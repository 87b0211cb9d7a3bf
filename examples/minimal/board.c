/* board.c: a board that is told by lines on standard input what happens to it, and says on standard output what it does:
 *
 *     plug EVSE    unplug EVSE    card EVSE ID    stop EVSE    leak EVSE    dry EVSE    meter EVSE WH    off
 *
 * A latch obeys at once and says so. */
#include "board.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BOARD_EVSES = 2, LINE_SIZE = 256, CABLE_MA = 32000 };

struct board {
    char line[LINE_SIZE]; /* what was read and not used yet */
    size_t size;
    bool is_closed[BOARD_EVSES + 1];
    int64_t energy_wh[BOARD_EVSES + 1];
    int64_t offered_ma[BOARD_EVSES + 1];
    struct board_event latched[BOARD_EVSES + 1]; /* wait to be told */
};

static bool is_evse(int evse)
{
    return evse >= 1 && evse <= BOARD_EVSES;
}

struct board *board_open(void)
{
    struct board *board = calloc(1, sizeof(*board));
    if (board == NULL) {
        abort(); /* a board that is not there cannot be driven */
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    return board;
}

void board_close(struct board *board)
{
    free(board);
}

/* One line of standard input as an event. |*goes_on| is false for "off". */
static struct board_event read_line(struct board *board, const char *line, bool *goes_on)
{
    struct board_event event = { .kind = BOARD_NOTHING, .connector = 1 };
    char word[16] = "";
    char rest[64] = "";
    if (sscanf(line, "%15s %d %63s", word, &event.evse, rest) < 1) {
        return event;
    }
    if (strcmp(word, "plug") == 0 || strcmp(word, "unplug") == 0) {
        event.kind = BOARD_PLUG;
        event.on = word[0] == 'p';
    } else if (strcmp(word, "card") == 0) {
        event.kind = BOARD_TOKEN;
        memcpy(event.token, rest, sizeof(rest));
    } else if (strcmp(word, "stop") == 0) {
        event.kind = BOARD_STOP;
    } else if (strcmp(word, "leak") == 0 || strcmp(word, "dry") == 0) {
        event.kind = BOARD_FAULT;
        event.on = word[0] == 'l';
        if (event.on) {
            board_contactor(board, event.evse, false); /* what protects people does not wait */
        }
    } else if (strcmp(word, "meter") == 0 && is_evse(event.evse)) {
        board->energy_wh[event.evse] += atoll(rest);
    }
    *goes_on = strcmp(word, "off") != 0;
    return event;
}

/* Takes a whole line out of what was read; false: there is none yet. */
static bool take_line(struct board *board, char line[LINE_SIZE])
{
    const char *end = memchr(board->line, '\n', board->size);
    if (end == NULL && board->size < LINE_SIZE - 1) {
        return false;
    }
    const size_t size = end == NULL ? board->size : (size_t)(end - board->line);
    memcpy(line, board->line, size);
    line[size] = '\0';
    board->size -= end == NULL ? size : size + 1;
    memmove(board->line, board->line + size + (end != NULL), board->size);
    return true;
}

static bool take_event(struct board *board, struct board_event *event, bool *goes_on)
{
    char line[LINE_SIZE];
    for (int evse = 1; evse <= BOARD_EVSES; evse++) {
        if (board->latched[evse].kind != BOARD_NOTHING) {
            *event = board->latched[evse];
            board->latched[evse].kind = BOARD_NOTHING;
            return true;
        }
    }
    if (!take_line(board, line)) {
        return false;
    }
    *event = read_line(board, line, goes_on);
    return true;
}

bool board_wait(struct board *board, struct board_event *event, int fd)
{
    bool goes_on = true;
    event->kind = BOARD_NOTHING;
    if (take_event(board, event, &goes_on)) {
        return goes_on;
    }
    struct pollfd fds[2] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = fd, .events = POLLIN } };
    const int ready = poll(fds, 2, fd < 0 ? 10 : -1);
    if (ready < 0 && errno != EINTR) {
        return false;
    }
    if (ready > 0 && (fds[0].revents & (POLLIN | POLLHUP)) != 0) {
        const ssize_t size = read(STDIN_FILENO, board->line + board->size, LINE_SIZE - 1 - board->size);
        board->size += size > 0 ? (size_t)size : 0;
        return size > 0;
    }
    return true;
}

void board_contactor(struct board *board, int evse, bool closed)
{
    if (is_evse(evse) && board->is_closed[evse] != closed) {
        board->is_closed[evse] = closed;
        printf("contactor %d %s\n", evse, closed ? "closed" : "open");
    }
}

void board_offer(struct board *board, int evse, int64_t current_ma)
{
    const int64_t offered_ma = current_ma < CABLE_MA ? current_ma : CABLE_MA;
    if (is_evse(evse) && board->offered_ma[evse] != offered_ma) {
        board->offered_ma[evse] = offered_ma;
        printf("offer %d %lld mA\n", evse, (long long)offered_ma);
    }
}

void board_latch(struct board *board, int evse, int connector, bool locked)
{
    if (is_evse(evse)) {
        board->latched[evse] = (struct board_event){ .kind = BOARD_LATCH, .evse = evse, .connector = connector, .on = locked };
    }
    printf("latch %d.%d %s\n", evse, connector, locked ? "locked" : "open");
}

void board_show(struct board *board, int evse, int connector, const char *text)
{
    (void)board;
    printf("lamp %d.%d %s\n", evse, connector, text);
}

int64_t board_energy_wh(const struct board *board, int evse)
{
    return is_evse(evse) ? board->energy_wh[evse] : 0;
}
