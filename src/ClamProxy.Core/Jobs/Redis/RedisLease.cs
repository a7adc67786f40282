using System.Globalization;

namespace ClamProxy.Core.Jobs.Redis;

/// <summary>What one taking of a job is known by: its stream, its entry there, and how often that was handed out.</summary>
/// <param name="Stream">The stream's key.</param>
/// <param name="Entry">The entry's id.</param>
/// <param name="Deliveries">How often it was handed out, this time included.</param>
internal sealed record RedisLease(string Stream, string Entry, long Deliveries)
{
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Deliveries} {Entry} {Stream}");

    public static RedisLease Parse(string text)
    {
        var parts = text.Split(' ', 3);
        return new RedisLease(parts[2], parts[1], long.Parse(parts[0], CultureInfo.InvariantCulture));
    }
}
