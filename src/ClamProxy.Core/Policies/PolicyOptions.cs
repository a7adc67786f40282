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

    /// <summary>
    /// Files for which the scanner answered with an error, more than once. No scanner at all is never passed. Default: block.
    /// </summary>
    [Setting("takes block or pass")]
    public PolicyAction ScanError { get; init; }

    /// <summary>
    /// Archives that hold an archive which readers may read differently, or which the scanner does not open: a package whose tests bring a
    /// broken gzip. What the package's own client unpacks is sound and was scanned. Default: block.
    /// </summary>
    [Setting("takes block or pass")]
    public PolicyAction AmbiguousArchive { get; init; }

    /// <summary>
    /// A JSON file of exceptions: contents, signatures or targets that are delivered whatever was found, each with an owner, a reason and
    /// an end. It is read again when it changes. Default: unset, none.
    /// </summary>
    [Setting("takes the path of a JSON file with a list of exceptions", Variable = "EXCEPTIONS_FILE")]
    public string ExceptionsFile { get; init; } = "";

    /// <summary>
    /// A JSON file of blocks: contents, URLs or packages that are refused whatever the scanner says, each with a reason. It is read again
    /// when it changes. Default: unset, none.
    /// </summary>
    [Setting("takes the path of a JSON file with a list of blocks", Variable = "BLOCKS_FILE")]
    public string BlocksFile { get; init; } = "";

    /// <summary>
    /// The folder of exceptions and blocks that are added while the process runs (<c>clamproxy waivers add</c>); made where it does not
    /// exist. Processes may share it. Default: unset, the folder <c>rules</c> in DATA_PATH; without that one none can be added.
    /// </summary>
    [Setting("takes the path of a folder that ClamProxy may create and write to", Variable = "RULES_PATH")]
    public string RulesPath { get; init; } = "";

    /// <summary>
    /// How many exceptions, and how many blocks, may be added so. Default: 1,000, which are looked through for each file that is refused.
    /// </summary>
    [Setting("takes a whole number from 0 to 10000", Min = 0, Max = 10_000)]
    public int MaxAddedRules { get; init; } = 1000;

    /// <summary>
    /// How old a scanner's signatures may be for the process to be ready; 0: any age. Default: 7 days, which is a week of failed updates:
    /// freshclam asks every two hours, and the database is made daily. Databases without a date (a site's own alone) are of any age.
    /// </summary>
    [Setting("takes a time from 0 (any age) to 365 days, such as 7d", Variable = "SIGNATURE_MAX_AGE", Min = 0, Max = 365 * 86_400)]
    public TimeSpan SignatureMaxAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The folder of jobs, where added rules are without a path of their own; empty: there is none.</summary>
    public string DataPath { get; set; } = "";

    public UnscannablePolicy Unscannable => new(TooLarge, Encrypted, EngineLimit, ScanError, AmbiguousArchive);

    /// <summary>Whether signatures of this date are too old to rely on.</summary>
    public bool IsTooOld(DateTimeOffset? madeAt, DateTimeOffset now) => SignatureMaxAge > TimeSpan.Zero && now - madeAt > SignatureMaxAge;

    /// <summary>The folder of added rules; empty: none can be added.</summary>
    internal string AddedFolder => RulesPath.Length > 0 ? RulesPath : DataPath.Length > 0 ? Path.Combine(DataPath, "rules") : "";

    public IEnumerable<SettingProblem> Problems()
    {
        if (ExceptionsFile.Length > 0 && RuleList.Problem(ExceptionsFile, RuleList.Waivers) is { } problem)
        {
            yield return new(
                nameof(ExceptionsFile), ExceptionsFile, $"takes the path of a JSON file with a list of exceptions ({problem})");
        }

        if (BlocksFile.Length > 0 && RuleList.Problem(BlocksFile, RuleList.Blocks) is { } wrong)
        {
            yield return new(nameof(BlocksFile), BlocksFile, $"takes the path of a JSON file with a list of blocks ({wrong})");
        }
    }
}
