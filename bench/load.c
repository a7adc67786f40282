// The load client: GETs over kept-alive connections, a thread for each, every body's length checked and a share of them compared byte by byte.
//
// load -p PORT -u PATH -c CLIENTS -s SECONDS -m MIN -n MAX -f FILE [-k N] [-q c|t] [-H 'Name: value']... [-d SOCKET -t FOLDER]
//   stops after MAX requests, or after SECONDS once MIN were begun; -f is the file that each body has to equal, compared for every Nth body
//   -q adds a query to each request that was never asked before: t a fresh target, c a fresh content as well (origin.c stamps it in)
//   -d is the floor: each body goes to a file without a name and its descriptor to the clamd behind SOCKET
// Prints one line of JSON; times in ms. The first byte is the body's first: some send a head long before they have a body.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 256 << 10, STAMP = 64 };

static int port, clients = 1, every = 16;
static long most = 1000000, least = 1;
static double seconds = 1, begun;
static const char *path, *clamd, *folder, *expected;
static char fields[2048], fresh;
static long length;
static unsigned long run;
static atomic_long started, done, bytes, failed, refused, wrong, compared, resent;
static float *totals, *firsts;

typedef struct {
  int socket, file, number_length;
  char *buffer, stamp[STAMP + 1];
  long received;              // of the body
  int compare, differs;
} Client;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static int dial(void) {
  int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct timeval silence = {120, 0};
  setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof silence);
  if (!connect(s, (void *)&a, sizeof a)) return s;
  close(s);
  return -1;
}

static void take(Client *c, const char *data, long n) {
  long at = c->received;
  c->received += n;
  if (c->file >= 0 && write(c->file, data, n) != n) c->differs = 1;
  if (at + n > length) { c->differs = 1; return; }
  if (fresh == 'c' && at < STAMP) {
    long part = n < STAMP - at ? n : STAMP - at;
    if (memcmp(data, c->stamp + at, part)) c->differs = 1;
    data += part, at += part, n -= part;
  }
  if (c->compare && memcmp(data, expected + at, n)) c->differs = 1;
}

// A chunked body: `state` is 0 in a size line, 1 in data, 2 in the line end after it, 3 in the trailer, 4 at the end.
typedef struct { int state; long left, size; int line; } Chunks;

static void take_chunks(Client *c, Chunks *k, const char *p, long n) {
  for (const char *end = p + n; p < end && k->state != 4;) {
    if (k->state == 1) {
      long part = end - p < k->left ? end - p : k->left;
      take(c, p, part);
      p += part;
      if (!(k->left -= part)) k->state = 2;
      continue;
    }
    char b = *p++;
    if (b == '\r') continue;
    if (k->state == 0 && b != '\n') {
      int digit = b >= '0' && b <= '9' ? b - '0' : (b | 32) >= 'a' && (b | 32) <= 'f' ? (b | 32) - 'a' + 10 : -1;
      if (digit < 0) k->line = -1;
      if (k->line >= 0) k->size = k->size * 16 + digit;
    } else if (b != '\n') k->line = 1;
    else if (k->state == 2) k->state = 0, k->size = 0, k->line = 0;
    else if (k->state == 3) k->state = k->line ? 3 : 4, k->line = 0;
    else k->left = k->size, k->state = k->size ? 1 : 3, k->line = 0;
  }
}

// Whether clamd says OK to the descriptor.
static int is_clean(int file) {
  int s = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un a = {.sun_family = AF_UNIX};
  strncpy(a.sun_path, clamd, sizeof a.sun_path - 1);
  char control[CMSG_SPACE(sizeof file)] = {0}, reply[512], zero = 0;
  struct iovec part = {&zero, 1};
  struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr *h = CMSG_FIRSTHDR(&m);
  h->cmsg_level = SOL_SOCKET, h->cmsg_type = SCM_RIGHTS, h->cmsg_len = CMSG_LEN(sizeof file);
  memcpy(CMSG_DATA(h), &file, sizeof file);
  ssize_t n = 0, r;
  if (!connect(s, (void *)&a, sizeof a) && send(s, "zFILDES", 8, MSG_NOSIGNAL) == 8 && sendmsg(s, &m, MSG_NOSIGNAL) == 1)
    while ((r = recv(s, reply + n, sizeof reply - n, 0)) > 0 && reply[(n += r) - 1]);
  close(s);
  return n > 5 && !memcmp(reply + n - 5, ": OK", 5);
}

// Whether the header section has a field of that name; *value then points behind its colon.
static int find(char *head, const char *name, char **value) {
  size_t n = strlen(name);
  for (char *line = head; (line = strchr(line, '\n'));)
    if (!strncasecmp(++line, name, n) && line[n] == ':') { *value = line + n + 1; return 1; }
  return 0;
}

enum { BROKEN = -1, UNANSWERED = -2 };

// One exchange; the status, or BROKEN, or UNANSWERED when a kept connection ended before the answer's first byte.
// *first is when the body's first byte was there.
static int exchange(Client *c, const char *request, int n, double *first) {
  int early = c->socket < 0 ? BROKEN : UNANSWERED;
  if (c->socket < 0 && (c->socket = dial()) < 0) return BROKEN;
  if (send(c->socket, request, n, MSG_NOSIGNAL) != n) return early;
  long have = 0;
  ssize_t r;
  char *end = 0, *value;
  while (!end) {
    if (have == BUFFER) return BROKEN;
    if ((r = recv(c->socket, c->buffer + have, BUFFER - have, 0)) <= 0) return have || (r < 0 && errno != ECONNRESET) ? BROKEN : early;
    have += r;
    c->buffer[have] = 0;
    end = strstr(c->buffer, "\r\n\r\n");
  }
  end[2] = 0;
  char *body = end + 4;
  int status = atoi(c->buffer + 9);
  long rest = have - (body - c->buffer), announced = find(c->buffer, "content-length", &value) ? atol(value) : -1;
  int chunked = find(c->buffer, "transfer-encoding", &value), closes = find(c->buffer, "connection", &value) && !strncasecmp(value, " close", 6);
  Chunks k = {0};
  if (rest) *first = now();
  for (r = rest;; body = c->buffer) {
    if (chunked) take_chunks(c, &k, body, r); else take(c, body, r);
    if (chunked ? k.state == 4 : announced >= 0 && c->received >= announced) break;
    r = recv(c->socket, c->buffer, BUFFER, 0);
    if (r < 0 || (!r && (chunked || announced >= 0))) return BROKEN;
    if (!r) break;
    if (!*first) *first = now();
  }
  if (closes || (!chunked && announced < 0)) close(c->socket), c->socket = -1;
  return status;
}

static void *client(void *x) {
  Client c = {.socket = -1, .file = -1, .buffer = malloc(BUFFER + 1)};
  char request[4096], query[STAMP] = "";
  (void)x;
  for (;;) {
    long i = atomic_fetch_add(&started, 1);
    if (i >= most || (i >= least && now() - begun > seconds)) break;
    if (fresh) {
      int l = sprintf(query, "%s%c=%016lx-%08lx", strchr(path, '?') ? "&" : "?", fresh, run, i);
      snprintf(c.stamp, sizeof c.stamp, "%-64.*s", l - 1, query + 1);
    }
    int n = snprintf(request, sizeof request, "GET %s%s HTTP/1.1\r\n%s\r\n", path, query, fields);
    c.received = 0, c.differs = 0, c.compare = i % every == 0;
    double a = now(), first = 0;
    if (clamd) c.file = open(folder, O_TMPFILE | O_RDWR, 0600);
    int status = exchange(&c, request, n, &first);
    if (status == UNANSWERED) {
      // A server may end a kept connection at any time: a GET is sent again then, once, as every client does (RFC 9110 §9.2.2).
      resent++;
      close(c.socket), c.socket = -1;
      status = exchange(&c, request, n, &first);
    }
    if (status == 200 && clamd && !is_clean(c.file)) status = 0;
    double b = now();
    if (clamd) close(c.file), c.file = -1, first = b;
    if (status < 0) {
      failed++;
      if (c.socket >= 0) close(c.socket);
      c.socket = -1;
      usleep(1000);
      continue;
    }
    bytes += c.received;
    if (status != 200) { refused++; continue; }
    if (c.received != length || c.differs) { wrong++; continue; }
    compared += c.compare;
    long slot = atomic_fetch_add(&done, 1);
    totals[slot] = (b - a) * 1e3, firsts[slot] = ((first ? first : b) - a) * 1e3;
  }
  if (c.socket >= 0) close(c.socket);
  free(c.buffer);
  return 0;
}

static int ascending(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static float part(const float *sorted, long n, double share) { return n ? sorted[(long)((n - 1) * share + 0.5)] : 0; }

static int map_expected(const char *file) {
  struct stat st;
  int f = open(file, O_RDONLY);
  if (f < 0 || fstat(f, &st)) { perror(file); return 1; }
  length = st.st_size;
  expected = mmap(0, length, PROT_READ, MAP_SHARED | MAP_POPULATE, f, 0);
  return expected == MAP_FAILED;
}

int main(int count, char **words) {
  const char *file = 0;
  for (int o; (o = getopt(count, words, "p:u:c:s:m:n:f:k:q:H:d:t:")) != -1;)
    switch (o) {
      case 'p': port = atoi(optarg); break;
      case 'u': path = optarg; break;
      case 'c': clients = atoi(optarg); break;
      case 's': seconds = atof(optarg); break;
      case 'm': least = atol(optarg); break;
      case 'n': most = atol(optarg); break;
      case 'f': file = optarg; break;
      case 'k': every = atoi(optarg); break;
      case 'q': fresh = *optarg; break;
      case 'd': clamd = optarg; break;
      case 't': folder = optarg; break;
      case 'H': strncat(strncat(fields, optarg, 500), "\r\n", 3); break;
      default: return 2;
    }
  if (!port || !path || !file || clients < 1 || clients > 1024 || (clamd && !folder) || map_expected(file)) return 2;
  run = (unsigned long)time(0) << 32 ^ (unsigned long)getpid() << 8 ^ (unsigned long)(now() * 1e6);
  totals = calloc(most, sizeof *totals), firsts = calloc(most, sizeof *firsts);
  pthread_t threads[1024];
  begun = now();
  for (int i = 0; i < clients; i++) pthread_create(threads + i, 0, client, 0);
  for (int i = 0; i < clients; i++) pthread_join(threads[i], 0);
  double took = now() - begun;
  long n = done;
  qsort(totals, n, sizeof *totals, ascending), qsort(firsts, n, sizeof *firsts, ascending);
  printf("{\"rps\": %.3f, \"mbps\": %.3f, \"ttfb50\": %.4f, \"ttfb99\": %.4f, \"total50\": %.4f, \"total99\": %.4f, \"requests\": %ld, \"compared\": %ld, "
         "\"failed\": %ld, \"refused\": %ld, \"wrong\": %ld, \"resent\": %ld, \"seconds\": %.3f}\n",
         n / took, bytes / took / 1e6, part(firsts, n, .5), part(firsts, n, .99), part(totals, n, .5), part(totals, n, .99), n, compared, failed, refused, wrong, resent, took);
}
