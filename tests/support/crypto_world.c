/* crypto_world.c: certificate authorities and an adapter. */
#include "crypto_world.h"

#include "openssl_shell.h"
#include "scratch.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define AS_CA      "basicConstraints=critical,CA:TRUE,pathlen:0\\nkeyUsage=critical,keyCertSign,cRLSign,digitalSignature"
#define AS_STATION "basicConstraints=CA:FALSE\\nkeyUsage=critical,digitalSignature"

void crypto_world_make(struct crypto_world *world)
{
    memset(world, 0, sizeof *world);
    scratch_make(world->pki, sizeof world->pki);
    snprintf(world->folder, sizeof world->folder, "%s/store", world->pki);
    make_ca(world->pki, "root", "");
    make_ca(world->pki, "other", "");
    make_leaf(world->pki, "sub", "root", 1000, AS_CA);
    world->settings = ocpp_crypto_openssl_settings_default();
    world->utc_ms = ocpp_system_now().utc_ms + 3600000; /* behind everything made meanwhile */
    crypto_world_empty(world);
}

void crypto_world_end(struct crypto_world *world)
{
    ocpp_crypto_openssl_close(world->crypto);
    scratch_remove(world->pki);
}

void crypto_world_reopen(struct crypto_world *world)
{
    char reason[256] = "";
    ocpp_crypto_openssl_close(world->crypto);
    world->crypto = NULL;
    if (ocpp_crypto_openssl_open(world->folder, &world->settings, &world->crypto, reason, sizeof reason) != OCPP_OK)
        fail_msg("%s", reason);
}

void crypto_world_empty(struct crypto_world *world)
{
    ocpp_crypto_openssl_close(world->crypto);
    world->crypto = NULL;
    shell(world->pki, "rm -rf store");
    crypto_world_reopen(world);
}

char *join_files(const struct crypto_world *world, const char *names, size_t *size)
{
    char list[256];
    char *joined = calloc(1, 1 << 17);
    snprintf(list, sizeof list, "%s", names);
    if (joined == NULL)
        abort();
    for (char *name = strtok(list, " "); name != NULL; name = strtok(NULL, " ")) {
        char file[128];
        snprintf(file, sizeof file, "%s.pem", name);
        char *one = read_whole(world->pki, file, NULL);
        strcat(joined, one);
        free(one);
    }
    *size = strlen(joined);
    return joined;
}

enum ocpp_status install(struct crypto_world *world, enum ocpp_root_use use, bool replaces, const char *name)
{
    size_t size;
    char *pem = join_files(world, name, &size);
    world->fault = OCPP_CERTIFICATE_GOOD;
    const enum ocpp_status status =
        world->crypto->install_root(use, replaces, pem, size, world->utc_ms, &world->fault, world->crypto->user);
    free(pem);
    return status;
}

void ask(struct crypto_world *world, enum ocpp_key_use use, enum ocpp_key_kind kind, bool is_combined, const char *name)
{
    const struct ocpp_certificate_request request = {
        .use = use, .is_combined = is_combined, .kind = kind, .common_name = "PILE-7", .organization = "Example", .country = "DE"
    };
    char pem[OCPP_PEM_SIZE];
    char file[128];
    size_t size;
    assert_int_equal(world->crypto->make_request(&request, pem, sizeof pem, &size, world->crypto->user), OCPP_OK);
    assert_int_equal(strlen(pem), size);
    snprintf(file, sizeof file, "%s.csr", name);
    write_whole(world->pki, file, pem, size);
}

enum ocpp_status accept_files(struct crypto_world *world, enum ocpp_key_use use, uint32_t roots, const char *names)
{
    size_t size;
    char *pem = join_files(world, names, &size);
    world->fault = OCPP_CERTIFICATE_GOOD;
    const enum ocpp_status status =
        world->crypto->accept_chain(use, roots, pem, size, world->utc_ms, &world->fault, world->crypto->user);
    free(pem);
    return status;
}

enum ocpp_status check_files(struct crypto_world *world, uint32_t roots, const char *names)
{
    size_t size;
    char *pem = join_files(world, names, &size);
    world->fault = OCPP_CERTIFICATE_GOOD;
    const enum ocpp_status status =
        world->crypto->check_chain(pem, size, roots, world->utc_ms, &world->fault, world->crypto->user);
    free(pem);
    return status;
}

void renew(struct crypto_world *world, const char *name)
{
    char file[128];
    snprintf(file, sizeof file, "%s.csr", name);
    ask(world, OCPP_KEY_STATION, OCPP_KEY_EC_P256, false, name);
    sign_request(world->pki, file, "sub", name, 300, AS_STATION);
    snprintf(file, sizeof file, "%s sub", name);
    if (accept_files(world, OCPP_KEY_STATION, OCPP_ROOT_BIT(OCPP_ROOT_CSMS), file) != OCPP_OK)
        fail_msg("the answer to a request is refused: %s", ocpp_certificate_fault_words(world->fault));
}

const char *serial_of(struct crypto_world *world, enum ocpp_key_use use, enum ocpp_which which)
{
    static struct ocpp_certificate_info infos[4];
    static int next;
    struct ocpp_certificate_info *info = &infos[next++ % 4];
    const enum ocpp_status status = world->crypto->read_own_chain(use, which, NULL, 0, NULL, info, world->crypto->user);
    if (status == OCPP_ERR_NOT_FOUND)
        return "";
    assert_int_equal(status, OCPP_OK);
    return info->serial_number;
}

const char *serial_in(struct crypto_world *world, const char *name)
{
    static char texts[4][64];
    static int next;
    char *text = texts[next++ % 4];
    shell_says(text, sizeof texts[0], world->pki, "openssl x509 -in %s.pem -noout -serial | sed 's/serial=0*//' | tr A-F a-f",
               name);
    return text;
}

struct count {
    enum ocpp_root_use use;
    enum ocpp_which which;
    size_t count;
};

static bool count_one(const struct ocpp_installed *installed, void *user)
{
    struct count *count = user;
    count->count += installed->kind == OCPP_INSTALLED_ROOT && installed->root == count->use && installed->which == count->which;
    return true;
}

size_t roots_shown(struct crypto_world *world, enum ocpp_root_use use, enum ocpp_which which)
{
    struct count count = { use, which, 0 };
    assert_int_equal(world->crypto->each_installed(OCPP_HASH_SHA256, count_one, &count, world->crypto->user), OCPP_OK);
    return count.count;
}
