using System.Diagnostics;
using System.Globalization;
using ClamProxy.Soak.Matrix;
using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Load;

/// <summary>Makes something fail every few seconds, one thing at a time, and knows when nothing did.</summary>
/// <param name="isMeant">Which of them may happen.</param>
internal sealed class SoakFaults(World world, int seed, Func<Component, FaultKind, bool> isMeant, Action<string> print)
{
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(4);

    /// <summary>
    /// How long after a fault's end its traces may still show: breakers, rests and time-outs of <see cref="WorldSettings.Quick"/>.
    /// </summary>
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(3);

    private readonly Random _dice = new(seed);
    private readonly Lock _gate = new();
    private int _count;
    private (string Name, long CalmFrom) _last = ("the start", Stopwatch.GetTimestamp());

    public int Count => _count;

    /// <summary>Since when nothing failed, or had just failed, and what did before; null: not from then until now.</summary>
    public string? CalmSince(long started)
    {
        lock (_gate)
        {
            return _last.CalmFrom > started
                ? null
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"calm for {Stopwatch.GetElapsedTime(_last.CalmFrom).TotalSeconds:F1} s behind {_last.Name}");
        }
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        (Component Component, FaultKind Kind, Fault Fault)[] all =
        [
            .. from component in Enum.GetValues<Component>()
               from kind in Enum.GetValues<FaultKind>()
               let fault = Faults.Of(component, kind, world)
               // A new process has a memory of its own: what is measured is one that lives on.
               where fault.WhyNot is null
                   && isMeant(component, kind)
                   && (component != Component.ClamProxy || kind is FaultKind.Stopped or FaultKind.OutOfDescriptors)
                   // A disk that is being written to all the time cannot be made read-only.
                   && (component, kind) is not (Component.Disk, FaultKind.Refuses)
               select (component, kind, fault),
        ];
        try
        {
            while (true)
            {
                await Task.Delay(Calm, stopping);
                await Task.WhenAll(world.Scanners.Select(scanner => scanner.ReviveAsync()));
                var (component, kind, fault) = all[_dice.Next(all.Length)];
                print($"{component} {kind}");
                await FailAsync($"{component} {kind}", fault, stopping);
                _count++;
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task FailAsync(string name, Fault fault, CancellationToken stopping)
    {
        lock (_gate)
        {
            _last = (name, long.MaxValue);
        }

        await fault.Begin(world);
        try
        {
            await Task.Delay(Lasts, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            await fault.End(world);
            lock (_gate)
            {
                _last = (name, Stopwatch.GetTimestamp() + (long)(Recovery.TotalSeconds * Stopwatch.Frequency));
            }
        }
    }
}
