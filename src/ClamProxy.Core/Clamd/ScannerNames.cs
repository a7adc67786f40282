using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Clamd;

/// <summary>Follows what the configured names lead to. A name server that fails or says nothing changes nothing: the scanners that were
/// known last stay.</summary>
internal sealed class ScannerNames(ScannerRoster roster, ScannerResolver resolver, ClamdOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>Looks one name up for as long as the process lives.</summary>
    /// <param name="entry">The name.</param>
    /// <param name="onNew">Called with each scanner that was not known before.</param>
    /// <param name="stopping">Ends it.</param>
    public async Task FollowAsync(ScannerEntry entry, Action<ClamdHost> onNew, CancellationToken stopping)
    {
        Task<IPAddress[]>? lookup = null;
        while (true)
        {
            // One at a time: a name server that is silent collects no look-ups.
            lookup ??= LookUpAsync(entry.Name!, stopping);
            try
            {
                var addresses = await lookup.WaitAsync(options.ResolveTimeout, time, stopping).ConfigureAwait(false);
                lookup = null;
                Take(entry, addresses);
            }
            catch (TimeoutException)
            {
                Keep(entry, $"its name has not been resolved within {options.ResolveTimeout.TotalSeconds:0.#} s");
            }
            catch (Exception failed) when (!stopping.IsCancellationRequested)
            {
                lookup = null;
                Keep(
                    entry,
                    $"its name cannot be resolved ({(failed as SocketException)?.SocketErrorCode.ToString() ?? failed.GetType().Name})");
            }

            foreach (var host in roster.Update())
            {
                onNew(host);
            }

            entry.LookedUp.TrySetResult();
            await Task.Delay(
                entry.Scanners.Count == 0 ? Shorter(options.ResolveInterval, options.RestTimeMax) : options.ResolveInterval,
                time,
                stopping).ConfigureAwait(false);
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    // What is thrown before the first await is the look-up's failure too.
    private async Task<IPAddress[]> LookUpAsync(string name, CancellationToken stopping) =>
        await resolver(name, stopping).ConfigureAwait(false);

    private void Take(ScannerEntry entry, IPAddress[] addresses)
    {
        if (addresses.Length == 0)
        {
            Keep(entry, "its name has no address");
            return;
        }

        var before = entry.Scanners;
        var leftOut = entry.Set(addresses, options.MaxAddressesPerName);
        var now = entry.Scanners;
        if (now.SequenceEqual(before))
        {
            return;
        }

        ClamdLog.NameLeadsTo(logger, entry.Text, string.Join(", ", now.Select(scanner => ((IPEndPoint)scanner.Address).Address)));
        if (leftOut > 0)
        {
            ClamdLog.TooManyAddresses(logger, entry.Text, options.MaxAddressesPerName, leftOut);
        }
    }

    private void Keep(ScannerEntry entry, string trouble)
    {
        if (entry.SetTrouble(trouble))
        {
            ClamdLog.NameHasNoAnswer(logger, entry.Text, trouble, entry.Scanners.Count);
        }
    }
}
