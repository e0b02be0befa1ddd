/* A journal of records, each on stable storage before it is called acknowledged.
 *
 *   records write DIR DISK         goes on after the last record that DIR has whole, for ever; prints "ACK n" when the
 *                                  record n, and all before it, have been fsynced
 *   records verify DIR DISK LAST   exit status 0 if all records up to LAST are there
 *
 * Record n is in file n % FILES of DIR: a header, and 64 bytes to 32 KiB that n determines. Its first 4 KiB are also in
 * one of the places of DISK, a device without a file system, each in a VHD block of its own: one record after another
 * makes the image grow, and after PLACES records each overwrites an old one.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES = 5, MOST = 32768, PLACES = 2000, PLACE = 4096, BLOCK = 2 << 20 };

struct header { uint32_t magic, number, length, sum; };
static const uint32_t MAGIC = 0x544A524E;

static uint32_t next(uint32_t *state) { return *state = *state * 1664525u + 1013904223u; }

static uint32_t sum(const unsigned char *bytes, uint32_t length, uint32_t number) {
  uint32_t hash = 2166136261u ^ number;
  for (uint32_t i = 0; i < length; i++) hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

/* The whole record n, header first, zeros up to the size of a place; returns its length. */
static uint32_t make(uint32_t number, unsigned char *record) {
  uint32_t state = number * 2654435761u + 1;
  uint32_t length = 64 + (next(&state) >> 8) % (number % 7 ? 2048 : MOST - 64);
  unsigned char *payload = record + sizeof(struct header);
  for (uint32_t i = 0; i < length; i++) payload[i] = next(&state) >> 24;
  struct header header = {MAGIC, number, length, sum(payload, length, number)};
  memcpy(record, &header, sizeof header);
  if (sizeof header + length < PLACE) memset(payload + length, 0, PLACE - sizeof header - length);
  return sizeof header + length;
}

static int place_of(uint32_t number) { return (uint64_t)number * 7919 % PLACES; }

static off_t position(int place) { return (off_t)place * BLOCK + place % 500 * PLACE; }

static void die(const char *what) { printf("RECORDS failed: "); fflush(stdout); perror(what); exit(1); }

static void path(char *to, const char *directory, const char *kind, int number) {
  snprintf(to, 4096, "%s/%s-%d", directory, kind, number);
}

/* Reads the files; the last number up to which all records are there. Cuts off what follows in each if `cut`. */
static uint32_t scan(const char *directory, int cut) {
  static unsigned char record[sizeof(struct header) + MOST], expected[sizeof record];
  uint32_t have[FILES];
  off_t whole[FILES] = {0};
  for (int f = 0; f < FILES; f++) {
    uint32_t number = f ? f : FILES;
    char name[4096];
    path(name, directory, "records", f);
    FILE *file = fopen(name, "r");
    for (;;) {
      uint32_t length = make(number, expected);
      if (!file || fread(record, 1, length, file) != length) break;
      if (memcmp(record, expected, length)) {
        printf("RECORDS bad: %s has at %ld something else than record %u\n", name, (long)whole[f], number);
        break;
      }
      whole[f] += length;
      number += FILES;
    }
    if (file) fclose(file);
    have[f] = number; /* the first that is not there */
  }
  uint32_t last = UINT32_MAX;
  for (int f = 0; f < FILES; f++) if (have[f] - 1 < last) last = have[f] - 1;
  if (cut)
    for (int f = 0; f < FILES; f++) {
      char name[4096];
      off_t end = 0;
      for (uint32_t number = f ? f : FILES; number <= last; number += FILES) end += make(number, expected);
      path(name, directory, "records", f);
      if (truncate(name, end) && end > 0) die(name);
    }
  return last;
}

static void sync_directory(const char *directory) {
  int d = open(directory, O_RDONLY | O_DIRECTORY);
  if (d < 0 || fsync(d)) die(directory);
  close(d);
}

_Noreturn static void write_records(const char *directory, const char *disk) {
  static unsigned char record[sizeof(struct header) + MOST];
  if (mkdir(directory, 0755) == 0) sync();
  uint32_t number = scan(directory, 1);
  printf("RECORDS found %u\n", number);
  fflush(stdout);
  int files[FILES];
  for (int f = 0; f < FILES; f++) {
    char name[4096];
    path(name, directory, "records", f);
    files[f] = open(name, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (files[f] < 0) die(name);
  }
  int places = open(disk, O_WRONLY);
  if (places < 0) die(disk);
  sync_directory(directory);
  for (number++;; number++) {
    uint32_t length = make(number, record);
    int file = files[number % FILES];
    if (pwrite(places, record, PLACE, position(place_of(number))) != PLACE) die(disk);
    if (write(file, record, length) != (ssize_t)length) die("write");
    if (fsync(places) || fsync(file)) die("fsync");
    printf("ACK %u\n", number);
    fflush(stdout);
  }
}

/* Whether each place has the last record that belongs there, or a later one. */
static int verify_places(const char *disk, uint32_t last) {
  static unsigned char record[sizeof(struct header) + MOST], found[PLACE];
  static uint32_t wanted[PLACES];
  int places = open(disk, O_RDONLY), bad = 0;
  if (places < 0) die(disk);
  for (uint32_t number = 1; number <= last; number++) wanted[place_of(number)] = number;
  for (int place = 0; place < PLACES; place++) {
    if (!wanted[place]) continue;
    if (pread(places, found, PLACE, position(place)) != PLACE) die(disk);
    struct header header;
    memcpy(&header, found, sizeof header);
    make(header.number, record);
    if (header.number < wanted[place] || place_of(header.number) != place || memcmp(record, found, PLACE)) {
      if (bad++ < 5) printf("RECORDS bad: place %d of %s has not record %u\n", place, disk, wanted[place]);
    }
  }
  return bad;
}

int main(int count, char **words) {
  if (count == 4 && !strcmp(words[1], "write")) write_records(words[2], words[3]);
  if (count == 5 && !strcmp(words[1], "verify")) {
    uint32_t wanted = strtoul(words[4], NULL, 10), last = scan(words[2], 0);
    int bad = verify_places(words[3], wanted);
    printf("RECORDS verified up to %u, wanted %u, %d places bad\n", last, wanted, bad);
    return last < wanted || bad;
  }
  fprintf(stderr, "usage: records write DIR DISK | verify DIR DISK LAST\n");
  return 2;
}
