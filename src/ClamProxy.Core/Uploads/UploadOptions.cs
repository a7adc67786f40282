using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Uploads;

/// <summary>How requests with a body are scanned and sent on, where a route allows them.</summary>
public sealed class UploadOptions : ISettings
{
    public static string Section => "Uploads";

    /// <summary>
    /// The most files and fields of one request (the parts of a form, npm's attachments) that are scanned one by one, beside the whole; a
    /// request with more is refused as unscannable. Default: 1000; twine sends each dependency and each classifier as a field.
    /// </summary>
    [Setting("takes a whole number from 1 to 100000", Min = 1, Max = 100_000)]
    public int MaxParts { get; init; } = 1000;

    /// <summary>
    /// How long upstream may take for the head of its answer, from the last piece of the body that it took. Default: 5 minutes, as npm
    /// waits: registries store and index a package before they answer.
    /// </summary>
    [Setting("takes a time from 0.05 s to 1 hour, such as 00:05:00", Min = 0.05, Max = 3600)]
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromMinutes(5);

    public IEnumerable<SettingProblem> Problems() => [];
}
