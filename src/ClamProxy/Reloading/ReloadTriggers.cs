using System.Runtime.InteropServices;

namespace ClamProxy.Reloading;

/// <summary>Reloads the configuration when the process gets SIGHUP, and when a configuration file has changed.</summary>
internal sealed class ReloadTriggers(
    ConfigurationReload reload, ConfigurationFiles files, ReloadOptions options, TimeProvider clock, ILogger<ReloadTriggers> logger)
    : BackgroundService
{
    // A second signal while one waits says nothing that the first has not said.
    private readonly SemaphoreSlim _asked = new(0, 1);
    private PosixSignalRegistration? _signal;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _signal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Ask);
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _signal?.Dispose();
        _asked.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(FollowSignalsAsync(stoppingToken), FollowFilesAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private void Ask(PosixSignalContext context)
    {
        // Its default would end the process.
        context.Cancel = true;
        lock (_asked)
        {
            if (_asked.CurrentCount == 0)
            {
                _asked.Release();
            }
        }
    }

    private async Task FollowSignalsAsync(CancellationToken stopping)
    {
        while (true)
        {
            await _asked.WaitAsync(stopping);
            await ReloadAsync("SIGHUP", stopping);
        }
    }

    private async Task FollowFilesAsync(CancellationToken stopping)
    {
        if (options.Interval == TimeSpan.Zero)
        {
            return;
        }

        using var looks = new PeriodicTimer(options.Interval, clock);
        var known = await LookAsync(stopping);
        var last = known;
        while (await looks.WaitForNextTickAsync(stopping))
        {
            // The same twice: nobody is writing it.
            var now = await LookAsync(stopping);
            if (now is not null && now == last && now != known)
            {
                known = now;
                await ReloadAsync("a changed file", stopping);
            }

            last = now ?? last;
        }
    }

    /// <returns>Null: a file cannot be read.</returns>
    private async Task<string?> LookAsync(CancellationToken stopping)
    {
        try
        {
            return await files.FingerprintAsync(stopping);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.NotRead(e.Message);
            return null;
        }
    }

    private async Task ReloadAsync(string cause, CancellationToken stopping)
    {
        try
        {
            await reload.RunAsync(cause, stopping);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // It must not end the process, which a failed background service does.
            logger.Broke(e);
        }
    }
}
