/* mark.c: marks of power banks. The 24 bytes, numbers with their first byte first:
 *
 *      0   3  generation
 *      3   1  version (high four bits), class (low four; 8 more: minted by a pile)
 *      4   2  fleet
 *      6   8  handle            the second half begins in it, at 12
 *     14   6  check: the first bytes of an HMAC-SHA-256 over the 14 before it
 *     20   1  CRC-8 over the 20 before it, for who has no key
 *     21   3  generation
 */
#include <ocpp/settlement/mark.h>

#include <string.h>

enum {
    AT_GENERATION = 0,
    AT_KIND = 3,
    AT_FLEET = 4,
    AT_HANDLE = 6,
    AT_CHECK = 14,
    AT_CRC = 20,
    AT_GENERATION_AGAIN = 21,
    CHECK_SIZE = AT_CRC - AT_CHECK,
    VERSION = 1,
    BY_PILE = 8
};

static const char mark_words[] = "ocpp-settlement mark 1";
static const char pile_words[] = "ocpp-settlement mark key of a pile 1";
static const char fleet_words[] = "ocpp-settlement fleet 1";

static void put_24(unsigned char *to, uint32_t value)
{
    to[0] = (unsigned char)(value >> 16);
    to[1] = (unsigned char)(value >> 8);
    to[2] = (unsigned char)value;
}

static uint32_t get_24(const unsigned char *from)
{
    return (uint32_t)from[0] << 16 | (uint32_t)from[1] << 8 | from[2];
}

/* x^8 + x^2 + x + 1, beginning with 0xff so that nothing but zeros is no mark. */
static unsigned char crc_8(const unsigned char *bytes, size_t size)
{
    unsigned crc = 0xff;

    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 0x80U) != 0 ? (crc << 1 ^ 0x07U) & 0xffU : crc << 1;
        }
    }
    return (unsigned char)crc;
}

enum ocpp_status ocpp_settle_mark_fleet(const struct ocpp_settle_keys *keys, const char *operator_id, uint16_t *fleet)
{
    const struct ocpp_settle_bytes pieces[] = { { fleet_words, sizeof fleet_words }, { operator_id, strlen(operator_id) } };
    unsigned char digest[OCPP_SETTLE_DIGEST_SIZE];
    const enum ocpp_status status = keys->sha256(pieces, 2, digest, keys->user);

    if (status == OCPP_OK) {
        *fleet = (uint16_t)(digest[0] << 8 | digest[1]);
    }
    return status;
}

/* --- minting
 * -------------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status check_of(const struct ocpp_settle_mint *mint, const unsigned char *bytes,
                                 unsigned char mac[OCPP_SETTLE_DIGEST_SIZE])
{
    const struct ocpp_settle_bytes pieces[] = { { mark_words, sizeof mark_words }, { bytes, AT_CHECK } };

    return mint->keys->hmac_sha256(mint->key_name, pieces, 2, mac, mint->keys->user);
}

enum ocpp_status ocpp_settle_mark_mint(const struct ocpp_settle_mint *mint, enum ocpp_settle_mark_class renter,
                                       uint32_t generation, const unsigned char handle[OCPP_SETTLE_MARK_HANDLE_SIZE],
                                       unsigned char bytes[OCPP_SETTLE_MARK_SIZE])
{
    unsigned char mark[OCPP_SETTLE_MARK_SIZE];
    unsigned char mac[OCPP_SETTLE_DIGEST_SIZE];

    if ((unsigned)renter > OCPP_SETTLE_MARK_VEHICLE || mint->pile > OCPP_SETTLE_MARK_PILE_LIMIT) {
        return OCPP_ERR_ARGUMENT;
    }
    if (generation == 0 || generation > OCPP_SETTLE_MARK_GENERATION_LIMIT) {
        return OCPP_ERR_LIMIT;
    }
    put_24(mark + AT_GENERATION, generation);
    mark[AT_KIND] = (unsigned char)(VERSION << 4 | (int)renter | (mint->pile != 0 ? BY_PILE : 0));
    mark[AT_FLEET] = (unsigned char)(mint->fleet >> 8);
    mark[AT_FLEET + 1] = (unsigned char)mint->fleet;
    if (handle != NULL) {
        memcpy(mark + AT_HANDLE, handle, OCPP_SETTLE_MARK_HANDLE_SIZE);
    } else {
        mint->keys->random(mark + AT_HANDLE, OCPP_SETTLE_MARK_HANDLE_SIZE, mint->keys->user);
    }
    if (mint->pile != 0) {
        put_24(mark + AT_HANDLE, mint->pile);
    }
    const enum ocpp_status status = check_of(mint, mark, mac);
    if (status != OCPP_OK) {
        return status;
    }
    memcpy(mark + AT_CHECK, mac, CHECK_SIZE);
    mark[AT_CRC] = crc_8(mark, AT_CRC);
    put_24(mark + AT_GENERATION_AGAIN, generation);
    memcpy(bytes, mark, sizeof mark);
    return OCPP_OK;
}

enum ocpp_status ocpp_settle_mark_pile_key(const struct ocpp_settle_keys *keys, const char *fleet_key, uint32_t pile,
                                           unsigned char key[OCPP_SETTLE_DIGEST_SIZE])
{
    unsigned char number[3];
    const struct ocpp_settle_bytes pieces[] = { { pile_words, sizeof pile_words }, { number, sizeof number } };

    if (pile == 0 || pile > OCPP_SETTLE_MARK_PILE_LIMIT) {
        return OCPP_ERR_ARGUMENT;
    }
    put_24(number, pile);
    return keys->hmac_sha256(fleet_key, pieces, 2, key, keys->user);
}

/* --- reading
 * -------------------------------------------------------------------------------------------------------------------- */

/* A class nobody knows is spoiled, as is a pile's mark without a pile. */
static bool say(const unsigned char *bytes, struct ocpp_settle_mark *mark)
{
    const unsigned kind = bytes[AT_KIND];
    const bool is_by_pile = (kind & BY_PILE) != 0;

    *mark = (struct ocpp_settle_mark){
        .renter = (enum ocpp_settle_mark_class)(kind & (BY_PILE - 1)),
        .generation = get_24(bytes + AT_GENERATION),
        .fleet = (uint16_t)(bytes[AT_FLEET] << 8 | bytes[AT_FLEET + 1]),
        .pile = is_by_pile ? get_24(bytes + AT_HANDLE) : 0,
    };
    memcpy(mark->handle, bytes + AT_HANDLE, sizeof mark->handle);
    return kind >> 4 == VERSION && mark->renter <= OCPP_SETTLE_MARK_VEHICLE && (!is_by_pile || mark->pile != 0) &&
           mark->generation != 0 && mark->generation <= OCPP_SETTLE_MARK_GENERATION_LIMIT;
}

enum ocpp_settle_mark_reading ocpp_settle_mark_read(const unsigned char bytes[OCPP_SETTLE_MARK_SIZE], uint16_t fleet,
                                                    struct ocpp_settle_mark *mark)
{
    struct ocpp_settle_mark said;

    if (get_24(bytes + AT_GENERATION) != get_24(bytes + AT_GENERATION_AGAIN)) {
        return OCPP_SETTLE_READ_TORN;
    }
    if (crc_8(bytes, AT_CRC) != bytes[AT_CRC] || !say(bytes, &said)) {
        return OCPP_SETTLE_READ_UNREADABLE;
    }
    *mark = said;
    if (said.fleet != fleet) {
        return OCPP_SETTLE_READ_FOREIGN;
    }
    return said.renter == OCPP_SETTLE_MARK_NEUTRAL ? OCPP_SETTLE_READ_NEUTRAL : OCPP_SETTLE_READ_MARKED;
}

/* By the fleet's key |name|, or by the one of the pile that is derived from it. */
static enum ocpp_status is_by(const struct ocpp_settle_keys *keys, const char *name, uint32_t pile, const unsigned char *bytes,
                              bool *is_good)
{
    const struct ocpp_settle_bytes pieces[] = { { mark_words, sizeof mark_words }, { bytes, AT_CHECK } };
    unsigned char key[OCPP_SETTLE_DIGEST_SIZE];
    unsigned char mac[OCPP_SETTLE_DIGEST_SIZE];
    enum ocpp_status status;

    if (pile == 0) {
        status = keys->hmac_sha256(name, pieces, 2, mac, keys->user);
    } else {
        status = ocpp_settle_mark_pile_key(keys, name, pile, key);
        if (status == OCPP_OK) {
            status = ocpp_settle_hmac_sha256(keys, key, sizeof key, pieces, 2, mac);
        }
    }
    if (status == OCPP_OK) {
        *is_good = ocpp_settle_same_bytes(mac, bytes + AT_CHECK, CHECK_SIZE);
    }
    return status;
}

enum ocpp_status ocpp_settle_mark_judge(const struct ocpp_settle_judge *judge, const unsigned char bytes[OCPP_SETTLE_MARK_SIZE],
                                        enum ocpp_settle_mark_reading *reading, struct ocpp_settle_mark *mark)
{
    struct ocpp_settle_mark said;
    const enum ocpp_settle_mark_reading read = ocpp_settle_mark_read(bytes, judge->fleet, &said);
    const bool is_ours = read == OCPP_SETTLE_READ_NEUTRAL || read == OCPP_SETTLE_READ_MARKED;
    bool is_good = false;

    for (size_t i = 0; is_ours && i < judge->count && !is_good; i++) {
        const enum ocpp_status status = is_by(judge->keys, judge->fleet_keys[i], said.pile, bytes, &is_good);

        if (status != OCPP_OK) {
            return status;
        }
    }
    *reading = is_ours && !is_good ? OCPP_SETTLE_READ_FORGED : read;
    if (is_ours || read == OCPP_SETTLE_READ_FOREIGN) {
        *mark = said;
    }
    return OCPP_OK;
}

enum ocpp_status ocpp_settle_mark_is_own(const struct ocpp_settle_mint *mint, const unsigned char bytes[OCPP_SETTLE_MARK_SIZE],
                                         bool *is_own)
{
    struct ocpp_settle_mark said;
    unsigned char mac[OCPP_SETTLE_DIGEST_SIZE];
    const enum ocpp_settle_mark_reading read = ocpp_settle_mark_read(bytes, mint->fleet, &said);

    if ((read != OCPP_SETTLE_READ_NEUTRAL && read != OCPP_SETTLE_READ_MARKED) || said.pile != mint->pile) {
        *is_own = false;
        return OCPP_OK;
    }
    const enum ocpp_status status = check_of(mint, bytes, mac);
    if (status == OCPP_OK) {
        *is_own = ocpp_settle_same_bytes(mac, bytes + AT_CHECK, CHECK_SIZE);
    }
    return status;
}

/* --- as text
 * -------------------------------------------------------------------------------------------------------------------- */

static const char hexadecimal[] = "0123456789abcdef";

static void write_digits(const unsigned char *bytes, size_t size, char *text)
{
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = hexadecimal[bytes[i] >> 4];
        text[2 * i + 1] = hexadecimal[bytes[i] & 15];
    }
    text[2 * size] = '\0';
}

void ocpp_settle_mark_write(const unsigned char bytes[OCPP_SETTLE_MARK_SIZE], char text[OCPP_SETTLE_MARK_TEXT_SIZE])
{
    write_digits(bytes, OCPP_SETTLE_MARK_SIZE, text);
}

enum ocpp_status ocpp_settle_mark_parse(const char *text, unsigned char bytes[OCPP_SETTLE_MARK_SIZE])
{
    if (strlen(text) != OCPP_SETTLE_MARK_TEXT_SIZE - 1 || strspn(text, hexadecimal) != OCPP_SETTLE_MARK_TEXT_SIZE - 1) {
        return OCPP_ERR_VALUE;
    }
    for (size_t i = 0; i < OCPP_SETTLE_MARK_SIZE; i++) {
        const int high = (int)(strchr(hexadecimal, text[2 * i]) - hexadecimal);
        const int low = (int)(strchr(hexadecimal, text[2 * i + 1]) - hexadecimal);

        bytes[i] = (unsigned char)(high << 4 | low);
    }
    return OCPP_OK;
}

void ocpp_settle_mark_handle_write(const struct ocpp_settle_mark *mark, char text[OCPP_SETTLE_MARK_HANDLE_TEXT_SIZE])
{
    write_digits(mark->handle, sizeof mark->handle, text);
}

static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void ocpp_settle_mark_short_write(const unsigned char random[7], char text[OCPP_SETTLE_MARK_SHORT_SIZE])
{
    uint64_t bits = 0;

    for (int i = 0; i < 7; i++) {
        bits = bits << 8 | random[i];
    }
    for (int i = 0; i < OCPP_SETTLE_MARK_SHORT_SIZE - 1; i++) {
        text[i] = crockford[bits >> (51 - 5 * i) & 31];
    }
    text[OCPP_SETTLE_MARK_SHORT_SIZE - 1] = '\0';
}

bool ocpp_settle_mark_short_is_valid(const char *text)
{
    return strlen(text) == OCPP_SETTLE_MARK_SHORT_SIZE - 1 && strspn(text, crockford) == OCPP_SETTLE_MARK_SHORT_SIZE - 1;
}

/* --- known renters
 * -------------------------------------------------------------------------------------------------------------- */

static const char renter_words[] = "ocpp-settlement known renter 1";

/* What the HMAC is taken over; |folded| is room for the id. */
static enum ocpp_status renter_pieces(const char *type, const char *id, char folded[OCPP_SETTLE_RENTER_TOKEN_LIMIT],
                                      struct ocpp_settle_bytes pieces[3])
{
    const size_t size = strlen(id);

    if (size > OCPP_SETTLE_RENTER_TOKEN_LIMIT) {
        return OCPP_ERR_LENGTH;
    }
    for (size_t i = 0; i < size; i++) {
        folded[i] = (char)(id[i] >= 'A' && id[i] <= 'Z' ? id[i] + ('a' - 'A') : id[i]);
    }
    pieces[0] = (struct ocpp_settle_bytes){ renter_words, sizeof renter_words };
    pieces[1] = (struct ocpp_settle_bytes){ type, strlen(type) + 1 };
    pieces[2] = (struct ocpp_settle_bytes){ folded, size };
    return OCPP_OK;
}

enum ocpp_status ocpp_settle_renter_digest(const struct ocpp_settle_keys *keys, const char *key_name, const char *type,
                                           const char *id, char digest[OCPP_SETTLE_RENTER_DIGEST_SIZE])
{
    char folded[OCPP_SETTLE_RENTER_TOKEN_LIMIT];
    struct ocpp_settle_bytes pieces[3];
    unsigned char mac[OCPP_SETTLE_DIGEST_SIZE];
    enum ocpp_status status = renter_pieces(type, id, folded, pieces);

    if (status == OCPP_OK) {
        status = keys->hmac_sha256(key_name, pieces, 3, mac, keys->user);
    }
    if (status == OCPP_OK) {
        write_digits(mac, sizeof mac, digest);
    }
    return status;
}

enum ocpp_status ocpp_settle_renter_digest_for(const struct ocpp_settle_keys *keys, const char *fleet_key, uint32_t pile,
                                               const char *type, const char *id, char digest[OCPP_SETTLE_RENTER_DIGEST_SIZE])
{
    char folded[OCPP_SETTLE_RENTER_TOKEN_LIMIT];
    struct ocpp_settle_bytes pieces[3];
    unsigned char key[OCPP_SETTLE_DIGEST_SIZE];
    unsigned char mac[OCPP_SETTLE_DIGEST_SIZE];
    enum ocpp_status status = renter_pieces(type, id, folded, pieces);

    if (status == OCPP_OK) {
        status = ocpp_settle_mark_pile_key(keys, fleet_key, pile, key);
    }
    if (status == OCPP_OK) {
        status = ocpp_settle_hmac_sha256(keys, key, sizeof key, pieces, 3, mac);
    }
    if (status == OCPP_OK) {
        write_digits(mac, sizeof mac, digest);
    }
    return status;
}
