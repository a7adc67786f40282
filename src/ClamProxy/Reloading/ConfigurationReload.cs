using System.Security.Cryptography;
using ClamProxy.Configuration;

namespace ClamProxy.Reloading;

/// <summary>
/// Reads the configuration again and brings it into force without a restart.
/// <code>
///   signal, changed file or command ──► 1 read and check all of it, as a start does ──wrong──► refused: the one before stays
///                                         ▼
///                                       2 what has changed? ──nothing──► unchanged
///                                         ▼
///                                       3 swap: routes, policies, rules' files, credentials, log level, scanners
/// </code>
/// One at a time. Requests that are under way go on with what they began with.
/// </summary>
internal sealed class ConfigurationReload(
    StartArguments start, ConfigurationFiles files, ReloadTargets targets, ReloadState state, ReloadMetrics metrics,
    ILogger<ConfigurationReload> logger) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly HashSet<string> _files = new(files.Existing, StringComparer.Ordinal);

    /// <param name="cause">Why, for the log.</param>
    public async Task<ReloadResult> RunAsync(string cause, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // Off the caller's thread: a signal's handler, or a request.
            var result = await Task.Run(Reload, cancellationToken);
            Tell(cause, result);
            return result;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private ReloadResult Reload()
    {
        // Step 1: read and check all of it
        if (_files.FirstOrDefault(file => !File.Exists(file)) is { } gone)
        {
            return Refused([$"{gone} is not there any more: a start without it would have other settings"]);
        }

        var (settings, problems) = ProxyApplication.Check(start.Arguments);
        if (settings is null || problems.Count > 0)
        {
            return Refused(problems);
        }

        // Step 2: what has changed?
        var effective = settings.Effective();
        var (changed, needRestart) = Differences(effective);
        if (changed.Count == 0)
        {
            state.Loaded(state.Settings, needRestart);
            return new(ReloadOutcome.Unchanged, [], [], needRestart);
        }

        // Step 3: swap
        try
        {
            targets.Use(settings, changed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return Refused([SettingText.OneLine(e.Message)]);
        }

        _files.UnionWith(files.Existing);
        state.Loaded(InForce(effective), needRestart);
        return new(ReloadOutcome.Done, [], changed, needRestart);
    }

    private (IReadOnlyList<string> Changed, IReadOnlyList<string> NeedRestart) Differences(IReadOnlyList<EffectiveSetting> now)
    {
        var all = ReloadableSettings.Differences(state.Settings, now);
        return ([.. all.Where(ReloadableSettings.Contain)], [.. all.Where(key => !ReloadableSettings.Contain(key))]);
    }

    /// <summary>The new value of what was swapped, the old one of all else.</summary>
    private IReadOnlyList<EffectiveSetting> InForce(IEnumerable<EffectiveSetting> now) =>
    [
        .. now.Where(setting => ReloadableSettings.Contain(setting.Key))
            .Concat(state.Settings.Where(setting => !ReloadableSettings.Contain(setting.Key)))
            .OrderBy(setting => setting.Key, StringComparer.OrdinalIgnoreCase),
    ];

    private ReloadResult Refused(IReadOnlyList<string> problems)
    {
        state.Refused(string.Join("; ", problems));
        return new(ReloadOutcome.Refused, problems, [], []);
    }

    private void Tell(string cause, ReloadResult result)
    {
        metrics.Reloaded(result.Outcome);
        switch (result.Outcome)
        {
            case ReloadOutcome.Done:
                logger.Reloaded(cause, string.Join(", ", result.Changed));
                break;
            case ReloadOutcome.Unchanged:
                logger.Unchanged(cause);
                break;
            default:
                logger.Refused(cause, string.Join("; ", result.Problems));
                break;
        }

        if (result.NeedRestart.Count > 0)
        {
            logger.NeedRestart(string.Join(", ", result.NeedRestart));
        }
    }
}
