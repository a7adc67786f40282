using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Policies;

/// <summary>What may be delivered although it is not clean. Every default refuses.</summary>
public sealed class PolicyOptions : ISettings
{
    public static string Section => "Policies";

    /// <summary>Files larger than MAX_FILE_SIZE or than the scanner takes. Default: block.</summary>
    [Setting("takes block or pass")]
    public PolicyAction TooLarge { get; init; }

    /// <summary>Encrypted files and archives, which the scanner cannot look into. Default: block.</summary>
    [Setting("takes block or pass")]
    public PolicyAction Encrypted { get; init; }

    /// <summary>Files for which one of the engine's limits was reached (depth, members, time). Default: block.</summary>
    [Setting("takes block or pass")]
    public PolicyAction EngineLimit { get; init; }

    /// <summary>Files for which the scanner answered with an error, more than once. No scanner at all is never passed. Default: block.</summary>
    [Setting("takes block or pass")]
    public PolicyAction ScanError { get; init; }

    /// <summary>
    /// A JSON file of exceptions: contents, signatures or targets that are delivered whatever was found, each with an owner, a reason and an
    /// end. It is read again when it changes. Default: unset, none.
    /// </summary>
    [Setting("takes the path of a JSON file with a list of exceptions", Variable = "EXCEPTIONS_FILE")]
    public string ExceptionsFile { get; init; } = "";

    public UnscannablePolicy Unscannable => new(TooLarge, Encrypted, EngineLimit, ScanError);

    public IEnumerable<SettingProblem> Problems()
    {
        if (ExceptionsFile.Length > 0 && ExceptionList.Problem(ExceptionsFile) is { } problem)
        {
            yield return new(nameof(ExceptionsFile), ExceptionsFile, $"takes the path of a JSON file with a list of exceptions ({problem})");
        }
    }
}
