/* serial_tty.c: the line of a cabinet over termios: raw, never waiting, opened again when it went away. */
#define _DEFAULT_SOURCE /* cfmakeraw, CRTSCTS, the faster rates */
#include "serial_line.h"

#include "settle_support.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { READS = 16, READ_SIZE = 256, OPEN_AGAIN_MS = 1000 };

struct ocpp_settle_tty {
    struct ocpp_settle_serial *serial;
    int fd;                    /* -1: not open */
    int64_t open_at_ms;        /* not before */
    bool was_told;             /* that it cannot be opened */
    const unsigned char *rest; /* of a frame, still to be written */
    size_t rest_size;
    char device[];
};

static speed_t speed_of(int baud)
{
    switch (baud) {
    case 9600:
        return B9600;
    case 19200:
        return B19200;
    case 38400:
        return B38400;
    case 57600:
        return B57600;
    default:
        return B115200;
    }
}

static bool make_raw(int fd, int baud)
{
    struct termios modes;

    if (tcgetattr(fd, &modes) != 0) {
        return false;
    }
    cfmakeraw(&modes);
    modes.c_cflag &= ~(tcflag_t)(CSTOPB | CRTSCTS);
    modes.c_cflag |= CLOCAL | CREAD;
    modes.c_cc[VMIN] = 1;
    modes.c_cc[VTIME] = 0;
    (void)ioctl(fd, TIOCEXCL); /* nobody else may speak on the line */
    return cfsetispeed(&modes, speed_of(baud)) == 0 && cfsetospeed(&modes, speed_of(baud)) == 0 &&
           tcsetattr(fd, TCSANOW, &modes) == 0 && tcflush(fd, TCIOFLUSH) == 0;
}

static void close_line(struct ocpp_settle_tty *tty, int64_t now_ms)
{
    if (tty->fd >= 0) {
        (void)close(tty->fd);
    }
    tty->fd = -1;
    tty->rest_size = 0;
    tty->open_at_ms = now_ms + OPEN_AGAIN_MS;
}

static void open_line(struct ocpp_settle_tty *tty, int64_t now_ms)
{
    const struct ocpp_settle_serial_settings *settings = &tty->serial->settings;

    tty->fd = open(tty->device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (tty->fd >= 0 && make_raw(tty->fd, settings->baud)) {
        settle_log(&settings->log, OCPP_LOG_INFO, "cabinet: %s is open", tty->device);
        tty->was_told = false;
        return;
    }
    if (!tty->was_told) {
        settle_log(&settings->log, OCPP_LOG_ERROR, "cabinet: %s cannot be used: %s", tty->device, strerror(errno));
        tty->was_told = true;
    }
    close_line(tty, now_ms);
}

struct ocpp_settle_tty *ocpp_settle_tty_open(const char *device, struct ocpp_settle_serial *serial)
{
    const size_t length = strlen(device);
    struct ocpp_settle_tty *tty = settle_reallocate(serial->settings.allocator, NULL, sizeof *tty + length + 1);

    if (tty == NULL) {
        return NULL;
    }
    *tty = (struct ocpp_settle_tty){ .serial = serial, .fd = -1 };
    memcpy(tty->device, device, length + 1);
    open_line(tty, serial->now_ms);
    return tty;
}

void ocpp_settle_tty_free(struct ocpp_settle_tty *tty)
{
    if (tty != NULL) {
        close_line(tty, 0);
        (void)settle_reallocate(tty->serial->settings.allocator, tty, 0);
    }
}

int ocpp_settle_tty_fd(const struct ocpp_settle_tty *tty)
{
    return tty->fd;
}

bool ocpp_settle_tty_wants_to_write(const struct ocpp_settle_tty *tty)
{
    return tty->rest_size > 0;
}

int64_t ocpp_settle_tty_deadline(const struct ocpp_settle_tty *tty)
{
    const int64_t deadline = ocpp_settle_serial_deadline(tty->serial);

    return tty->fd < 0 && tty->open_at_ms < deadline ? tty->open_at_ms : deadline;
}

static bool may_go_on(ssize_t count)
{
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

static void read_line(struct ocpp_settle_tty *tty, struct ocpp_now now)
{
    unsigned char bytes[READ_SIZE];

    for (int i = 0; i < READS && tty->fd >= 0; i++) {
        const ssize_t count = read(tty->fd, bytes, sizeof bytes);
        if (may_go_on(count)) {
            return;
        }
        if (count <= 0) {
            settle_log(&tty->serial->settings.log, OCPP_LOG_ERROR, "cabinet: %s went away", tty->device);
            close_line(tty, now.mono_ms);
            return;
        }
        ocpp_settle_serial_receive(tty->serial, bytes, (size_t)count, now);
    }
}

static void write_rest(struct ocpp_settle_tty *tty, int64_t now_ms)
{
    if (tty->rest_size == 0) {
        return;
    }
    const ssize_t count = tty->fd >= 0 ? write(tty->fd, tty->rest, tty->rest_size) : 0;
    if (count > 0) {
        tty->rest += count;
        tty->rest_size -= (size_t)count;
    } else if (tty->fd >= 0 && !may_go_on(count)) {
        close_line(tty, now_ms);
    }
}

void ocpp_settle_tty_run(struct ocpp_settle_tty *tty, struct ocpp_now now)
{
    if (tty->fd < 0 && tty->open_at_ms <= now.mono_ms) {
        open_line(tty, now.mono_ms);
    }
    read_line(tty, now);
    ocpp_settle_serial_advance(tty->serial, now);
    if (tty->rest_size > 0 && ocpp_settle_serial_deadline(tty->serial) <= now.mono_ms && tty->fd >= 0) {
        (void)tcflush(tty->fd, TCOFLUSH); /* the line takes nothing; its frame is late */
        tty->rest_size = 0;
    }
    if (tty->rest_size == 0) {
        tty->rest = ocpp_settle_serial_next_output(tty->serial, &tty->rest_size, now);
        tty->rest_size = tty->rest != NULL && tty->fd >= 0 ? tty->rest_size : 0; /* into nowhere: nobody will answer */
    }
    write_rest(tty, now.mono_ms);
}
