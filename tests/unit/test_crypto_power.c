/* The folder of keys when the power goes: at every write, fsync, rename and removal of every change, with what was not on the
 * disk yet lost or kept. Afterwards it is as before the change or as behind it, and as behind it if the change was answered with
 * OCPP_OK.
 */
#define _XOPEN_SOURCE 700
#include "crypto_world.h"
#include "openssl_shell.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CSMS    OCPP_ROOT_BIT(OCPP_ROOT_CSMS)
#define V2G     OCPP_ROOT_BIT(OCPP_ROOT_V2G)
#define AS_ROOT "basicConstraints=critical,CA:TRUE\\nkeyUsage=critical,keyCertSign,cRLSign"
#define PLAIN   "keyUsage=critical,digitalSignature"

static struct crypto_world world;

/* --- a disk that forgets what it was not made to keep --------------------------------------------------------------------- */

ssize_t __real_write(int file, const void *bytes, size_t size);
int __real_fsync(int file);
int __real_renameat(int from_folder, const char *from, int to_folder, const char *to);
int __real_unlinkat(int folder, const char *name, int flags);
ssize_t __wrap_write(int file, const void *bytes, size_t size);
int __wrap_fsync(int file);
int __wrap_renameat(int from_folder, const char *from, int to_folder, const char *to);
int __wrap_unlinkat(int folder, const char *name, int flags);

static struct {
    bool armed;
    bool loses; /* names that were changed and not brought to the disk change back */
    size_t operations;
    size_t cut_at;   /* 0: never */
    bool dirty;      /* a file has bytes that are not on the disk */
    char from[80];   /* the last change of a name that is not on the disk yet; "": a removal */
    char to[80];     /* "": none */
    char *old_bytes; /* of |to|; NULL: it was not there */
    size_t old_size;
} disk;

static void forget_change(void)
{
    free(disk.old_bytes);
    disk.old_bytes = NULL;
    disk.to[0] = '\0';
}

static void note_change(const char *from, const char *to)
{
    char path[400];
    forget_change();
    snprintf(disk.from, sizeof disk.from, "%s", from);
    snprintf(disk.to, sizeof disk.to, "%s", to);
    snprintf(path, sizeof path, "%s/%s", world.folder, to);
    if (access(path, F_OK) == 0)
        disk.old_bytes = read_whole(world.folder, to, &disk.old_size);
}

static void undo_change(void)
{
    char from[400];
    char to[400];
    if (disk.to[0] == '\0')
        return;
    snprintf(from, sizeof from, "%s/%s", world.folder, disk.from);
    snprintf(to, sizeof to, "%s/%s", world.folder, disk.to);
    if (disk.from[0] != '\0')
        assert_int_equal(rename(to, from), 0);
    if (disk.old_bytes != NULL)
        write_whole(world.folder, disk.to, disk.old_bytes, disk.old_size);
    forget_change();
}

/* true: the power is out. */
static bool is_out(void)
{
    if (!disk.armed)
        return false;
    disk.operations++;
    if (disk.cut_at == 0 || disk.operations < disk.cut_at)
        return false;
    if (disk.operations == disk.cut_at && disk.loses)
        undo_change();
    errno = EIO;
    return true;
}

ssize_t __wrap_write(int file, const void *bytes, size_t size)
{
    const bool out = is_out();
    if (out && disk.operations != disk.cut_at)
        return -1;
    const ssize_t written = __real_write(file, bytes, out ? size / 2 : size); /* the last one got half way */
    disk.dirty = true;
    errno = EIO;
    return out ? -1 : written;
}

int __wrap_fsync(int file)
{
    struct stat status;
    if (is_out())
        return -1;
    if (disk.armed && fstat(file, &status) == 0 && S_ISDIR(status.st_mode))
        forget_change();
    else
        disk.dirty = false;
    return __real_fsync(file);
}

int __wrap_renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    if (is_out())
        return -1;
    if (disk.armed) {
        assert_false(disk.dirty); /* a name must not point at bytes that are not there */
        note_change(from, to);
    }
    return __real_renameat(from_folder, from, to_folder, to);
}

int __wrap_unlinkat(int folder, const char *name, int flags)
{
    if (is_out())
        return -1;
    if (disk.armed)
        note_change("", name);
    return __real_unlinkat(folder, name, flags);
}

/* --- what is there, as text ------------------------------------------------------------------------------------------------- */

static bool add_root(const struct ocpp_installed *installed, void *user)
{
    char *text = user;
    if (installed->kind == OCPP_INSTALLED_ROOT)
        sprintf(text + strlen(text), "%d.%d.%s ", installed->root, installed->which, installed->certificate->serial_number);
    return true;
}

static void fingerprint(char *text)
{
    char request[OCPP_PEM_SIZE];
    size_t size;
    text[0] = '\0';
    assert_int_equal(world.crypto->each_installed(OCPP_HASH_SHA256, add_root, text, world.crypto->user), OCPP_OK);
    for (int use = 0; use < OCPP_KEY_USE_COUNT; use++) {
        const enum ocpp_key_use key = (enum ocpp_key_use)use;
        const enum ocpp_status status = world.crypto->read_request(key, request, sizeof request, &size, NULL, world.crypto->user);
        assert_true(status == OCPP_OK || status == OCPP_ERR_NOT_FOUND);
        sprintf(text + strlen(text), "| %s %s %.20s ", serial_of(&world, key, OCPP_NEWEST), serial_of(&world, key, OCPP_PREVIOUS),
                status == OCPP_OK ? request + size - 80 : "");
    }
}

/* --- a change, cut everywhere --------------------------------------------------------------------------------------------------
 */

enum { TEXT_SIZE = 2000 };

struct cut {
    enum ocpp_status (*change)(void);
    const char *between; /* a line of sh that makes the one state in between that is allowed; NULL: none is */
    char before[TEXT_SIZE];
    char middle[TEXT_SIZE];
};

static void back_to_before(void)
{
    ocpp_crypto_openssl_close(world.crypto);
    world.crypto = NULL;
    shell(world.pki, "rm -rf store; cp -a saved store");
    crypto_world_reopen(&world);
}

static void one_cut(struct cut *cut, size_t at, bool loses)
{
    char after[TEXT_SIZE];
    char done[TEXT_SIZE] = "";
    back_to_before();
    memset(&disk, 0, sizeof disk);
    disk.armed = true;
    disk.cut_at = at;
    disk.loses = loses;
    const enum ocpp_status status = cut->change();
    if (status == OCPP_OK) {
        disk.armed = false;
        fingerprint(done);
        undo_change(); /* the power goes right behind the answer */
    }
    forget_change();
    disk.armed = false;
    crypto_world_reopen(&world);
    fingerprint(after);
    if (status == OCPP_OK)
        assert_string_equal(after, done);
    else if (strcmp(after, cut->before) != 0 && strcmp(after, cut->middle) != 0) {
        /* it may have got as far as to be done: then doing it without a cut ends in the same */
        char whole[TEXT_SIZE];
        back_to_before();
        assert_int_equal(cut->change(), OCPP_OK);
        fingerprint(whole);
        if (strcmp(after, whole) != 0)
            fail_msg("cut %zu: neither before nor behind:\n%s\n%s\n%s", at, cut->before, after, whole);
    }
}

static void cut_everywhere(enum ocpp_status (*change)(void), const char *between)
{
    struct cut cut = { .change = change, .between = between };
    shell(world.pki, "rm -rf saved; cp -a store saved");
    fingerprint(cut.before);
    if (between != NULL) {
        shell(world.pki, "%s", between);
        crypto_world_reopen(&world);
        fingerprint(cut.middle);
    }
    back_to_before();
    memset(&disk, 0, sizeof disk);
    disk.armed = true;
    assert_int_equal(change(), OCPP_OK);
    disk.armed = false;
    forget_change();
    const size_t operations = disk.operations;
    assert_true(operations >= 2);
    for (size_t at = 1; at <= operations + 1; at++) {
        one_cut(&cut, at, false);
        one_cut(&cut, at, true);
    }
    back_to_before();
}

/* --- the changes
 * ------------------------------------------------------------------------------------------------------------------- */

static void start(void)
{
    crypto_world_empty(&world);
    assert_int_equal(install(&world, OCPP_ROOT_CSMS, true, "root"), OCPP_OK);
    assert_int_equal(install(&world, OCPP_ROOT_V2G, false, "root"), OCPP_OK);
}

static enum ocpp_status accept_b(void)
{
    return accept_files(&world, OCPP_KEY_STATION, CSMS, "b sub");
}

static enum ocpp_status settle_newest(void)
{
    return world.crypto->settle(OCPP_KEY_STATION, OCPP_NEWEST, world.crypto->user);
}

static enum ocpp_status settle_previous(void)
{
    return world.crypto->settle(OCPP_KEY_STATION, OCPP_PREVIOUS, world.crypto->user);
}

static enum ocpp_status drop(void)
{
    return world.crypto->drop_request(OCPP_KEY_STATION, world.crypto->user);
}

static void the_answer_to_a_request_is_kept_whole_or_the_request_still_waits(void **state)
{
    (void)state;
    start();
    renew(&world, "a");
    assert_int_equal(settle_newest(), OCPP_OK);
    ask(&world, OCPP_KEY_STATION, OCPP_KEY_EC_P256, false, "b");
    sign_request(world.pki, "b.csr", "sub", "b", 100, PLAIN);
    cut_everywhere(accept_b, NULL);
    cut_everywhere(drop, NULL);
}

static void one_of_two_certificates_stays_or_both(void **state)
{
    (void)state;
    start();
    renew(&world, "a");
    assert_int_equal(settle_newest(), OCPP_OK);
    renew(&world, "b");
    cut_everywhere(settle_newest, NULL);
    cut_everywhere(settle_previous, NULL);
}

static void vehicles_always_have_a_certificate_when_a_combined_one_takes_over(void **state)
{
    (void)state;
    start();
    ask(&world, OCPP_KEY_V2G, OCPP_KEY_EC_P256, false, "leaf");
    sign_request(world.pki, "leaf.csr", "sub", "leaf", 100, PLAIN);
    assert_int_equal(accept_files(&world, OCPP_KEY_V2G, V2G, "leaf sub"), OCPP_OK);
    assert_int_equal(world.crypto->settle(OCPP_KEY_V2G, OCPP_NEWEST, world.crypto->user), OCPP_OK);
    renew(&world, "a");
    assert_int_equal(settle_newest(), OCPP_OK);
    ask(&world, OCPP_KEY_STATION, OCPP_KEY_EC_P256, true, "both");
    sign_request(world.pki, "both.csr", "sub", "both", 100, PLAIN);
    assert_int_equal(accept_files(&world, OCPP_KEY_STATION, CSMS, "both sub"), OCPP_OK);
    cut_everywhere(settle_newest, "rm store/v2g.pem");
}

static enum ocpp_status install_second(void)
{
    return install(&world, OCPP_ROOT_CSMS, true, "second");
}

static enum ocpp_status install_third(void)
{
    return install(&world, OCPP_ROOT_CSMS, true, "third");
}

static enum ocpp_status settle_root(void)
{
    return world.crypto->settle_root(OCPP_ROOT_CSMS, world.crypto->user);
}

static enum ocpp_status install_other(void)
{
    return install(&world, OCPP_ROOT_MO, false, "other");
}

static void there_is_always_the_root_that_worked(void **state)
{
    (void)state;
    start();
    make_leaf(world.pki, "second", "root", 3000, AS_ROOT);
    make_leaf(world.pki, "third", "second", 3000, AS_ROOT);
    cut_everywhere(install_other, NULL);
    cut_everywhere(install_second, NULL);
    assert_int_equal(install_second(), OCPP_OK);
    cut_everywhere(settle_root, NULL);
    cut_everywhere(install_third, NULL);
}

static struct ocpp_certificate_hash first_root;

static bool keep_first(const struct ocpp_installed *installed, void *user)
{
    (void)user;
    first_root = *installed->certificate;
    return false;
}

static enum ocpp_status delete_first(void)
{
    return world.crypto->delete_certificate(&first_root, world.crypto->user);
}

static void a_root_is_deleted_or_not(void **state)
{
    (void)state;
    start();
    assert_int_equal(world.crypto->each_installed(OCPP_HASH_SHA256, keep_first, NULL, world.crypto->user), OCPP_OK);
    cut_everywhere(delete_first, NULL);
}

/* A key pair that is made anew is another each time, so this one looks by itself. */
static void a_new_request_takes_the_place_of_the_old_one_or_does_not(void **state)
{
    (void)state;
    start();
    ask(&world, OCPP_KEY_STATION, OCPP_KEY_EC_P256, false, "old");
    shell(world.pki, "rm -rf saved; cp -a store saved");
    for (size_t at = 1; at <= 5; at++) {
        const struct ocpp_certificate_request request = { .common_name = "PILE-7", .organization = "Example" };
        char made[OCPP_PEM_SIZE] = "";
        char found[OCPP_PEM_SIZE];
        size_t size;
        back_to_before();
        memset(&disk, 0, sizeof disk);
        disk.armed = true;
        disk.loses = true;
        disk.cut_at = at;
        const enum ocpp_status status = world.crypto->make_request(&request, made, sizeof made, &size, world.crypto->user);
        disk.armed = false;
        forget_change();
        crypto_world_reopen(&world);
        assert_int_equal(status, at == 5 ? OCPP_OK : OCPP_ERR_STORAGE); /* write, fsync, rename, fsync */
        assert_int_equal(world.crypto->read_request(OCPP_KEY_STATION, found, sizeof found, &size, NULL, world.crypto->user),
                         OCPP_OK);
        char *old = read_whole(world.pki, "old.csr", NULL);
        assert_string_equal(found, status == OCPP_OK ? made : old);
        assert_string_equal(status == OCPP_OK ? "" : made, ""); /* nothing was handed out that is not kept */
        free(old);
        write_whole(world.pki, "found.csr", found, size);
        sign_request(world.pki, "found.csr", "sub", "found", 30, PLAIN);
        assert_int_equal(accept_files(&world, OCPP_KEY_STATION, CSMS, "found sub"), OCPP_OK); /* its key is there */
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_answer_to_a_request_is_kept_whole_or_the_request_still_waits),
        cmocka_unit_test(one_of_two_certificates_stays_or_both),
        cmocka_unit_test(vehicles_always_have_a_certificate_when_a_combined_one_takes_over),
        cmocka_unit_test(there_is_always_the_root_that_worked),
        cmocka_unit_test(a_root_is_deleted_or_not),
        cmocka_unit_test(a_new_request_takes_the_place_of_the_old_one_or_does_not),
    };
    if (!openssl_is_there())
        return 77;
    crypto_world_make(&world);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    crypto_world_end(&world);
    return failed;
}
