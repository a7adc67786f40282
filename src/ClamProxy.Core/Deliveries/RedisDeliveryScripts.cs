namespace ClamProxy.Core.Deliveries;

/// <summary>
/// What Redis does of the record in one step. A row is a field of its content's hash: its numbers (first, last, times, bytes, request), a
/// line break, and who it is. Times are in milliseconds since 1970.
/// </summary>
internal static class RedisDeliveryScripts
{
    /// <summary>Bytes that a row takes beside its text: two copies of its name, their nodes and a score.</summary>
    public const int RowBytes = 300;

    /// <summary>
    /// Adds a row, or its numbers to the one that is there. KEYS: content, detection, ages, bytes. ARGV: field, who, first, last, times,
    /// bytes, request, bytes of a new row, member of ages, until when the content is kept, whether it is news that it is infected.
    /// </summary>
    /// <returns>1: it was found infected while this was under way.</returns>
    public const string Write = """
        local first, last, times, bytes = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
        local row = redis.call('HGET', KEYS[1], ARGV[1])
        if row then
          local f, l, t, b = string.match(row, '^(%d+) (%d+) (%d+) (%d+) ')
          first, last = math.min(first, tonumber(f)), math.max(last, tonumber(l))
          times, bytes = times + tonumber(t), bytes + tonumber(b)
        end
        redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f %.0f %.0f %.0f %s\n%s', first, last, times, bytes, ARGV[7], ARGV[2]))
        if redis.call('ZADD', KEYS[3], string.format('%.0f', last), ARGV[9]) == 1 then redis.call('INCRBY', KEYS[4], ARGV[8]) end
        redis.call('PEXPIREAT', KEYS[1], ARGV[10])
        local at = ARGV[11] == '1' and redis.call('HGET', KEYS[2], 'at')
        return (at and tonumber(ARGV[3]) <= tonumber(at)) and 1 or 0
        """;

    /// <summary>A content is infected. KEYS: detection. ARGV: signature, when, until when that is kept.</summary>
    public const string Detect = """
        local at = redis.call('HGET', KEYS[1], 'at') or '0'
        redis.call('HSET', KEYS[1], 'signature', ARGV[1], 'at', tonumber(at) > tonumber(ARGV[2]) and at or ARGV[2])
        redis.call('PEXPIREAT', KEYS[1], ARGV[3])
        return 1
        """;

    /// <summary>Takes it on to tell of what is newer than was told of. KEYS: detection. ARGV: what was told of, the newest now.</summary>
    /// <returns>0: another process has taken it on.</returns>
    public const string Tell = """
        if (redis.call('HGET', KEYS[1], 'told') or '0') ~= ARGV[1] or redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
        redis.call('HSET', KEYS[1], 'told', ARGV[2])
        return 1
        """;

    /// <summary>Drops a row unless it was added to. KEYS: content, ages, bytes. ARGV: field, member of ages, its age.</summary>
    /// <returns>1: it is gone.</returns>
    public const string Drop = """
        local last = redis.call('ZSCORE', KEYS[2], ARGV[2])
        if last and tonumber(last) > tonumber(ARGV[3]) then return 0 end
        if redis.call('ZREM', KEYS[2], ARGV[2]) == 0 then return 0 end
        redis.call('HDEL', KEYS[1], ARGV[1])
        redis.call('DECRBY', KEYS[3], string.match(ARGV[2], ' (%d+)$'))
        return 1
        """;
}
