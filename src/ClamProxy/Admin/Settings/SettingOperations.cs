using ClamProxy.Reloading;

namespace ClamProxy.Admin.Settings;

/// <summary>The configuration: what is in force, and reading it again.</summary>
internal sealed class SettingOperations(ReloadState state, ConfigurationReload reload)
{
    public IEnumerable<AdminOperation> All() =>
    [
        new(
            "showConfig", "GET", "/config", "Every setting with its value and where that comes from; secrets are masked",
            AdminJson.Default.ConfigAnswer, (_, _) => Task.FromResult(AdminAnswer.Of(
                ConfigAnswer.Of(state.Settings, [.. state.NeedRestart], state.Readiness.LoadedAt, state.Readiness.Problem),
                AdminJson.Default.ConfigAnswer))),
        new(
            "reload", "POST", "/reload", "Read the configuration again and bring it into force without a restart",
            AdminJson.Default.ReloadAnswer, ReloadAsync)
        {
            Body = AdminJson.Default.NoBody,
            Problems = new Dictionary<int, string> { [422] = "It is wrong, and the one before stays in force; detail says what is wrong." },
        },
    ];

    private async Task<AdminAnswer> ReloadAsync(AdminRequest request, CancellationToken cancelled)
    {
        request.Target = "configuration";
        var result = await reload.RunAsync("the admin API", cancelled);
        return result.Outcome == ReloadOutcome.Refused
            ? AdminAnswer.Invalid($"The configuration before stays in force. {string.Join('\n', result.Problems)}")
            : AdminAnswer.Of(
                new ReloadAnswer(result.Outcome == ReloadOutcome.Done ? "done" : "unchanged", result.Changed, result.NeedRestart),
                AdminJson.Default.ReloadAnswer);
    }
}
