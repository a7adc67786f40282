using ClamProxy.Core.Jobs.Redis;

namespace ClamProxy.Core.Buckets.Redis;

/// <summary>What Redis does of messages in one step. A message is the value of the field <c>message</c>.</summary>
internal static class RedisEventScripts
{
    /// <summary>Ends a message. KEYS: stream. ARGV: group, consumer, entry, deliveries.</summary>
    public const string Complete = RedisJobScripts.Owned + Acknowledge + "return 1";

    /// <summary>
    /// Puts a message off. KEYS: stream, resting. ARGV: group, consumer, entry, deliveries, how often it was tried, when it is due, body.
    /// </summary>
    public const string Return = RedisJobScripts.Owned + """
        redis.call('ZADD', KEYS[2], ARGV[6], ARGV[5] .. ' ' .. ARGV[3] .. ' ' .. ARGV[7])

        """ + Acknowledge + "return 1";

    /// <summary>
    /// Sets a message aside; of more than 100,000 the oldest go. KEYS: stream, dead. ARGV: group, consumer, entry, deliveries, reason,
    /// body, how often it was tried.
    /// </summary>
    public const string Bury = RedisJobScripts.Owned + """
        redis.call('XADD', KEYS[2], 'MAXLEN', '~', 100000, '*', 'reason', ARGV[5], 'deliveries', ARGV[7],
          'from', KEYS[1] .. ' ' .. ARGV[3], 'message', ARGV[6])

        """ + Acknowledge + "return 1";

    /// <summary>Queues messages that have rested. KEYS: resting, again. ARGV: now.</summary>
    public const string Promote = """
        local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, 100)
        for _, rested in ipairs(due) do
          local tries, message = string.match(rested, '^(%d+) %S+ (.*)$')
          redis.call('XADD', KEYS[2], '*', 'message', message, 'tries', tries)
          redis.call('ZREM', KEYS[1], rested)
        end
        return #due
        """;

    /// <summary>Moves what a list has into the stream. KEYS: arrived, list, again.</summary>
    /// <returns>How many.</returns>
    public const string Drain = """
        for moved = 0, 99 do
          local message = redis.call('LPOP', KEYS[1]) or redis.call('LPOP', KEYS[2])
          if not message then return moved end
          redis.call('XADD', KEYS[3], '*', 'message', message, 'tries', '0')
        end
        return 100
        """;

    /// <summary>An entry that no other group reads is deleted with that: nobody else would.</summary>
    private const string Acknowledge = """
        redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
        if #redis.call('XINFO', 'GROUPS', KEYS[1]) == 1 then redis.call('XDEL', KEYS[1], ARGV[3]) end

        """;
}
