namespace ClamProxy.Core.Jobs.Redis;

/// <summary>What Redis does of jobs in one step.</summary>
internal static class RedisJobScripts
{
    /// <summary>
    /// Puts a job into its stream, unless it is queued already. KEYS: ages, stream, scans. ARGV: id, job, accepted, most, channel, and
    /// until when a door waits for it, else 0.
    /// </summary>
    /// <returns>0: as many as may wait do so; 1: it was queued already; 2: it is now.</returns>
    public const string Add = """
        if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 1 end
        if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then return 0 end
        redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
        local entry = redis.call('XADD', KEYS[2], '*', 'job', ARGV[2], 'tries', '0')
        if ARGV[6] ~= '0' then redis.call('HSET', KEYS[3], ARGV[1], ARGV[6] .. ' ' .. entry) end
        redis.call('PUBLISH', ARGV[5], '1')
        return 2
        """;

    /// <summary>Resets a lease's time. KEYS: stream. ARGV: group, consumer, entry, deliveries.</summary>
    public const string Renew = Owned + """
        redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[3], 'JUSTID')
        return 1
        """;

    /// <summary>Ends a job. KEYS: stream, ages, scans. ARGV: group, consumer, entry, deliveries, id.</summary>
    public const string Complete = Owned + """
        redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
        redis.call('XDEL', KEYS[1], ARGV[3])
        redis.call('ZREM', KEYS[2], ARGV[5])
        redis.call('HDEL', KEYS[3], ARGV[5])
        return 1
        """;

    /// <summary>
    /// Takes a scan out that no door waits for. One that rests between two tries is in no stream: a worker drops it. KEYS: scans, ages,
    /// normal, high. ARGV: id, group.
    /// </summary>
    public const string Remove = """
        local scan = redis.call('HGET', KEYS[1], ARGV[1])
        if not scan then return 0 end
        redis.call('HDEL', KEYS[1], ARGV[1])
        local entry = string.match(scan, ' (.*)$')
        for i = 3, 4 do
          if redis.call('XDEL', KEYS[i], entry) == 1 then
            pcall(redis.call, 'XACK', KEYS[i], ARGV[2], entry)
            redis.call('ZREM', KEYS[2], ARGV[1])
          end
        end
        return 1
        """;

    /// <summary>Gives a job back. KEYS: stream, paused. ARGV: group, consumer, entry, deliveries, paused job, when it is due.</summary>
    public const string Return = Owned + """
        redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
        redis.call('XDEL', KEYS[1], ARGV[3])
        redis.call('ZADD', KEYS[2], ARGV[6], ARGV[5])
        return 1
        """;

    /// <summary>Queues paused jobs that are due. KEYS: paused, normal, high. ARGV: now.</summary>
    public const string Promote = """
        local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, 100)
        for _, paused in ipairs(due) do
          local tries, priority, job = string.match(paused, '^(%d+) (%d) (.*)$')
          redis.call('XADD', priority == '1' and KEYS[3] or KEYS[2], '*', 'job', job, 'tries', tries)
          redis.call('ZREM', KEYS[1], paused)
        end
        return #due
        """;

    /// <summary>
    /// What waits: of each stream what its group was not handed out yet, and what is paused (of more than a thousand the first to be due).
    /// KEYS: normal, high, paused, ages. ARGV: group.
    /// </summary>
    /// <returns>For normal and for high: how many, and when the oldest was accepted; 0: there is none.</returns>
    public const string Waiting = """
        local answer = {}
        local function add(number, count, job)
          local age = tonumber(redis.call('ZSCORE', KEYS[4], cjson.decode(job).Id) or 0)
          local oldest = answer[2 * number]
          answer[2 * number - 1] = answer[2 * number - 1] + count
          if age > 0 and (oldest == 0 or age < oldest) then answer[2 * number] = age end
        end
        for number = 1, 2 do
          answer[2 * number - 1] = 0
          answer[2 * number] = 0
          local taken, last = 0, '0-0'
          local groups = redis.pcall('XINFO', 'GROUPS', KEYS[number])
          for _, group in ipairs(groups.err and {} or groups) do
            local facts = {}
            for place = 1, #group, 2 do facts[group[place]] = group[place + 1] end
            if facts['name'] == ARGV[1] then taken, last = facts['pending'], facts['last-delivered-id'] end
          end
          local first = redis.call('XRANGE', KEYS[number], '(' .. last, '+', 'COUNT', 1)[1]
          for place = 1, first and #first[2] or 0, 2 do
            if first[2][place] == 'job' then
              add(number, math.max(1, redis.call('XLEN', KEYS[number]) - taken), first[2][place + 1])
            end
          end
        end
        for _, paused in ipairs(redis.call('ZRANGE', KEYS[3], 0, 999)) do
          local priority, job = string.match(paused, '^%d+ (%d) (.*)$')
          add(priority + 1, 1, job)
        end
        return answer
        """;

    /// <summary>
    /// Records an outcome where there is none. KEYS: result, all, pending, status, content. ARGV: id, job, outcome, accepted, life
    /// and 1 where the job must be known.
    /// </summary>
    public const string Finish = """
        if redis.call('HEXISTS', KEYS[1], 'outcome') == 1 then return 0 end
        if ARGV[6] == '1' and redis.call('HEXISTS', KEYS[1], 'job') == 0 then return 0 end
        redis.call('HSETNX', KEYS[1], 'job', ARGV[2])
        redis.call('HSET', KEYS[1], 'outcome', ARGV[3])
        redis.call('PEXPIRE', KEYS[1], ARGV[5])
        redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
        redis.call('ZREM', KEYS[3], ARGV[1])
        redis.call('ZADD', KEYS[4], ARGV[4], ARGV[1])
        if KEYS[5] then
          redis.call('ZADD', KEYS[5], ARGV[4], ARGV[1])
          redis.call('PEXPIRE', KEYS[5], ARGV[5])
        end
        return 1
        """;

    /// <summary>Notes a pending job. KEYS: result, all, pending. ARGV: id, job, accepted.</summary>
    public const string Pending = """
        if redis.call('HSETNX', KEYS[1], 'job', ARGV[2]) == 0 then return 0 end
        redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
        redis.call('ZADD', KEYS[3], ARGV[3], ARGV[1])
        return 1
        """;

    /// <summary>
    /// Deletes a result, unless it has another outcome by now. KEYS: result, then all sets that its id may be in. ARGV: id, and the outcome
    /// that is known, empty for none.
    /// </summary>
    /// <returns>-1: it has another; 0: there was none; 1: it is deleted.</returns>
    public const string Delete = """
        if (redis.call('HGET', KEYS[1], 'outcome') or '') ~= ARGV[2] then return -1 end
        for place = 2, #KEYS do redis.call('ZREM', KEYS[place], ARGV[1]) end
        return redis.call('DEL', KEYS[1])
        """;

    /// <summary>A taking counts while its entry is that consumer's, and was not handed out again since.</summary>
    public const string Owned = """
        local owned = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)
        if #owned == 0 or owned[1][2] ~= ARGV[2] or owned[1][4] ~= tonumber(ARGV[4]) then return 0 end

        """;
}
