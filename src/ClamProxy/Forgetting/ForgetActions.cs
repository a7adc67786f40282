using System.Text.Json;
using ClamProxy.Core.Download;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;
using ClamProxy.Management;
using ClamProxy.Warming;

namespace ClamProxy.Forgetting;

/// <summary>POST /forget and POST /rescan: an operator ends the life of what is known (decision 0057).</summary>
internal sealed class ForgetActions(
    VerdictCutoffs cutoffs, CutoffSync others, ContentStore store, TimeProvider clock, ILogger<ForgetActions> logger)
{
    private const string Takes = "takes {\"url\": \"https://…\"}, {\"sha256\": \"64 lower-case hex digits\"} or {\"all\": true}";
    private const string TooMany = "as many URLs and contents as ClamProxy:Verdicts:MaxForgotten allows are forgotten already: use --all";

    /// <summary>Forgets one URL, one content or all: it is downloaded and scanned again when it is next asked for.</summary>
    public async Task<ManagementAnswer> ForgetAsync(JsonElement given, CancellationToken cancelled)
    {
        if (given.EnumerateObject().ToList() is not [var only])
        {
            return Problem(StatusCodes.Status400BadRequest, Takes);
        }

        switch (only.Name, only.Value.ValueKind)
        {
            case ("all", JsonValueKind.True):
                cutoffs.ForgetAll();
                return await DoneAsync("everything", cancelled);
            case ("sha256", JsonValueKind.String) when Sha256Text.IsValid(only.Value.GetString()!):
                return await ForgetContentAsync(only.Value.GetString()!, cancelled);
            case ("url", JsonValueKind.String) when WebUrl.Parse(only.Value.GetString()!, out _) is { } url:
                return cutoffs.TryForgetUrl(url.Text)
                    ? await DoneAsync(Target.TryCreate(url.Base, url.Rest, out _)!.TextWithoutQuery, cancelled)
                    : Problem(StatusCodes.Status409Conflict, TooMany);
            default:
                return Problem(StatusCodes.Status400BadRequest, Takes);
        }
    }

    /// <summary>Has everything scanned again: stored files from their bytes, all else when it is next asked for.</summary>
    public async Task<ManagementAnswer> RescanAsync(JsonElement given, CancellationToken cancelled)
    {
        if (given.EnumerateObject().Any())
        {
            return Problem(StatusCodes.Status400BadRequest, "takes nothing");
        }

        cutoffs.RescanAll();
        logger.RescanAsked();
        return await AnswerAsync(cancelled);
    }

    private async Task<ManagementAnswer> ForgetContentAsync(string sha256, CancellationToken cancelled)
    {
        if (!cutoffs.TryForgetContent(sha256))
        {
            return Problem(StatusCodes.Status409Conflict, TooMany);
        }

        await store.DropAsync(sha256);
        return await DoneAsync($"the content {sha256}", cancelled);
    }

    private async Task<ManagementAnswer> DoneAsync(string what, CancellationToken cancelled)
    {
        logger.Forgotten(what);
        return await AnswerAsync(cancelled);
    }

    private async Task<ManagementAnswer> AnswerAsync(CancellationToken cancelled)
    {
        var isShared = await others.SyncAsync(cancelled);

        // A scan that begins after the answer is one of after it.
        await Task.Delay(VerdictCutoffs.Step, clock, cancelled);
        return new(StatusCodes.Status200OK, Json(json => json.WriteBoolean("shared", isShared)));
    }

    private static ManagementAnswer Problem(int status, string problem) => new(status, Json(json => json.WriteString("problem", problem)));

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
