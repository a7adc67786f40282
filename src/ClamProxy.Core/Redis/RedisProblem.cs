using StackExchange.Redis;

namespace ClamProxy.Core.Redis;

/// <summary>Puts into one short line without a password why a call failed.</summary>
internal sealed class RedisProblem(RedisAddress address, TimeSpan timeout)
{
    private const int Longest = 200;

    public string Describe(Exception exception) => exception switch
    {
        TimeoutException => $"no answer within {timeout.TotalMilliseconds:0} ms",
        RedisServerException => OneLine(exception.Message),
        RedisConnectionException => "no connection: " + Innermost(exception),
        _ => exception.GetType().Name,
    };

    // The outer ones list the client's counters; only the innermost says what is wrong.
    private string Innermost(Exception exception) => exception switch
    {
        { InnerException: { } inner } => Innermost(inner),
        RedisConnectionException failure => failure.FailureType.ToString(),
        _ => OneLine(exception.Message),
    };

    private string OneLine(string text) =>
        string.Concat(address.Mask(text).Take(Longest).Select(character => char.IsControl(character) ? ' ' : character));
}
