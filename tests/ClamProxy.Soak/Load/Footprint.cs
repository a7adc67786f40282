using System.Globalization;
using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Load;

/// <summary>Memory and descriptors of the processes under test over time.</summary>
internal sealed class Footprint(World world)
{
    private const int Window = 5;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly List<(long Bytes, int Descriptors)> _samples = [];

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            _samples.Add((world.Proxies.Sum(proxy => proxy.Process.ResidentBytes), world.Proxies.Sum(proxy => proxy.Process.Descriptors)));
            await Task.Delay(Interval, CancellationToken.None);
        }
    }

    /// <summary>The median of some samples around a tenth of the time.</summary>
    public (long Bytes, int Descriptors) Early => MedianFrom(Math.Max(0, (_samples.Count / 10) - (Window / 2)));

    /// <summary>The median of the last samples.</summary>
    public (long Bytes, int Descriptors) Late => MedianFrom(Math.Max(0, _samples.Count - Window));

    public string Write() => string.Create(
        CultureInfo.InvariantCulture,
        $"both processes together, at 10 % and at the end: memory {Early.Bytes >> 20} and {Late.Bytes >> 20} MiB, descriptors "
            + $"{Early.Descriptors} and {Late.Descriptors}");

    private (long Bytes, int Descriptors) MedianFrom(int first)
    {
        var some = _samples.Skip(first).Take(Window).ToArray();
        return (
            some.Select(sample => sample.Bytes).Order().ElementAt(some.Length / 2),
            some.Select(sample => sample.Descriptors).Order().ElementAt(some.Length / 2));
    }
}
