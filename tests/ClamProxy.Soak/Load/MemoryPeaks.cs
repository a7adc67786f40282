using System.Collections.Concurrent;
using System.Globalization;

namespace ClamProxy.Soak.Load;

/// <summary>
/// The resident memory of processes at work: the peak of the rest of a run may hardly be above that of its first part, so that it does not
/// grow with what they do.
/// </summary>
/// <param name="processes">Their ids, by what they are called.</param>
/// <param name="most">MiB that one may have at most.</param>
internal sealed class MemoryPeaks(IReadOnlyDictionary<string, int> processes, double most)
{
    /// <summary>MiB that the peak of the rest may be above that of the first part.</summary>
    private const double MayGrow = 32;
    private static readonly TimeSpan s_sample = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, double> _idle =
        processes.ToDictionary(process => process.Key, process => ProcessMemory.Read(process.Value, "VmRSS"));

    private readonly ConcurrentDictionary<string, double> _first = [];
    private readonly ConcurrentDictionary<string, double> _rest = [];

    /// <param name="isFirst">Whether the first part of the run lasts.</param>
    public async Task SampleAsync(Func<Task<bool>> isFirst, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            var peaks = await isFirst() ? _first : _rest;
            foreach (var (name, id) in processes)
            {
                var now = ProcessMemory.Read(id, "VmRSS");
                peaks.AddOrUpdate(name, now, (_, peak) => Math.Max(peak, now));
            }

            await Task.Delay(s_sample, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Whether memory was flat, and no process had too much.</returns>
    public bool Write(Action<string> print)
    {
        var isFlat = true;
        foreach (var (name, id) in processes)
        {
            var (idle, first, rest) = (_idle[name], _first.GetValueOrDefault(name), _rest.GetValueOrDefault(name));
            var peak = ProcessMemory.Read(id, "VmHWM");
            isFlat &= rest <= first + MayGrow && peak <= most;
            print(string.Create(
                CultureInfo.InvariantCulture,
                $"  {name,-10} idle {idle,4:F0}, first part {first,4:F0}, the rest {rest,4:F0} (at most {MayGrow:F0} more), "
                    + $"VmHWM {peak,4:F0} (at most {most:F0})"));
        }

        return isFlat;
    }
}
