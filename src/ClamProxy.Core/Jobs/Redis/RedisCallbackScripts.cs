namespace ClamProxy.Core.Jobs.Redis;

/// <summary>
/// What Redis does of callbacks in one step. Each callback that is not over is in one of three sorted sets, by when it is looked at: it
/// waits for its job, is due, or is handed out.
/// </summary>
internal static class RedisCallbackScripts
{
    /// <summary>
    /// Adds one. KEYS: waiting, due, taken, callbacks of the job. ARGV: member, key, callback, 1 for waiting or 2 for due, when, most,
    /// life.
    /// </summary>
    /// <returns>0: as many as there may be; 1: added; 2: known.</returns>
    public const string Add = """
        for number = 1, 3 do if redis.call('ZSCORE', KEYS[number], ARGV[1]) then return 2 end end
        if redis.call('HEXISTS', KEYS[4], ARGV[2]) == 0 and redis.call('HLEN', KEYS[4]) >= tonumber(ARGV[6]) then return 0 end
        redis.call('HSET', KEYS[4], ARGV[2], ARGV[3])
        redis.call('PEXPIRE', KEYS[4], ARGV[7])
        redis.call('ZADD', KEYS[tonumber(ARGV[4])], ARGV[5], ARGV[1])
        return 1
        """;

    /// <summary>Removes one. KEYS: waiting, due, taken, callbacks of the job. ARGV: member, key.</summary>
    public const string Remove = """
        for number = 1, 3 do redis.call('ZREM', KEYS[number], ARGV[1]) end
        return redis.call('HDEL', KEYS[4], ARGV[2])
        """;

    /// <summary>Removes all of a job. KEYS: waiting, due, taken, callbacks of the job. ARGV: id of the job and a space.</summary>
    /// <returns>How many were not over.</returns>
    public const string RemoveAll = """
        local open = 0
        for _, key in ipairs(redis.call('HKEYS', KEYS[4])) do
          for number = 1, 3 do open = open + redis.call('ZREM', KEYS[number], ARGV[1] .. key) end
        end
        redis.call('DEL', KEYS[4])
        return open
        """;

    /// <summary>
    /// Makes the waiting ones of a job due. KEYS: waiting, due, callbacks of the job. ARGV: id of the job and a space, now.
    /// </summary>
    public const string Wake = """
        for _, key in ipairs(redis.call('HKEYS', KEYS[3])) do
          if redis.call('ZREM', KEYS[1], ARGV[1] .. key) == 1 then redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1] .. key) end
        end
        return 1
        """;

    /// <summary>Takes the one that has been due for the longest. KEYS: waiting, due, taken. ARGV: now, end of the lease.</summary>
    public const string Take = """
        for number = 1, 3, 2 do
          local late = redis.call('ZRANGEBYSCORE', KEYS[number], '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, 100)
          for place = 1, #late, 2 do
            redis.call('ZREM', KEYS[number], late[place])
            redis.call('ZADD', KEYS[2], late[place + 1], late[place])
          end
        end
        local first = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', 0, 1)
        if #first == 0 then return false end
        redis.call('ZREM', KEYS[2], first[1])
        redis.call('ZADD', KEYS[3], ARGV[2], first[1])
        return first[1]
        """;

    /// <summary>
    /// Records how far one is. KEYS: waiting, due, taken, callbacks of the job. ARGV: member, lease, key, callback, 1 for waiting, 2 for
    /// due or 0 for over, when, life.
    /// </summary>
    public const string Settle = """
        local lease = redis.call('ZSCORE', KEYS[3], ARGV[1])
        if not lease or tonumber(lease) ~= tonumber(ARGV[2]) then return 0 end
        redis.call('ZREM', KEYS[3], ARGV[1])
        if redis.call('HEXISTS', KEYS[4], ARGV[3]) == 0 then return 0 end
        redis.call('HSET', KEYS[4], ARGV[3], ARGV[4])
        redis.call('PEXPIRE', KEYS[4], ARGV[7])
        if ARGV[5] ~= '0' then redis.call('ZADD', KEYS[tonumber(ARGV[5])], ARGV[6], ARGV[1]) end
        return 1
        """;
}
