using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Clamd;

/// <summary>What the clamd client logs: EventIds 1000-1999.</summary>
internal static partial class ClamdLog
{
    [LoggerMessage(1000, LogLevel.Information, "Scanner {Scanner} gets work: {Version}")]
    public static partial void ScannerIsUp(ILogger logger, string scanner, string version);

    [LoggerMessage(1001, LogLevel.Warning, "Scanner {Scanner} is down: {Trouble}")]
    public static partial void ScannerIsDown(ILogger logger, string scanner, string trouble);

    [LoggerMessage(1002, LogLevel.Error, "Scanner {Scanner} gets no work: {Trouble}")]
    public static partial void ScannerIsNotTrusted(ILogger logger, string scanner, string trouble);

    [LoggerMessage(
        1003,
        LogLevel.Warning,
        "SILENT_LIMITS=accept: scanner {Scanner} gets work although {Trouble}. ARCHIVES THAT UNPACK TO MORE THAN ITS LIMITS MAY PASS "
            + "UNSCANNED")]
    public static partial void SilentLimitsAccepted(ILogger logger, string scanner, string trouble);

    [LoggerMessage(1004, LogLevel.Warning, "Scanner {Scanner} failed a scan ({Fault}): {Why}")]
    public static partial void AttemptFailed(ILogger logger, string scanner, ScannerFault fault, string why);

    [LoggerMessage(1005, LogLevel.Warning, "Scanner {Scanner} accepts no file descriptors ({Why}): contents are streamed to it")]
    public static partial void DescriptorsRefused(ILogger logger, string scanner, string why);

    [LoggerMessage(1006, LogLevel.Warning, "The test of scanner {Scanner} was inconclusive: {Why}; it is repeated")]
    public static partial void TestTookTooLong(ILogger logger, string scanner, string why);

    [LoggerMessage(
        EventId = 1007,
        Message = "Scanner {Scanner} scans files and archive members of up to {TrustedSize} bytes; encrypted archives: {Encrypted}")]
    public static partial void LimitsAre(ILogger logger, LogLevel level, string scanner, long trustedSize, string encrypted);

    [LoggerMessage(1008, LogLevel.Error, "The probe of scanner {Scanner} failed because of a bug in ClamProxy; it is repeated")]
    public static partial void ProbeBroke(ILogger logger, string scanner, Exception mistake);

    [LoggerMessage(1009, LogLevel.Information, "{Entry} leads to the scanners at {Addresses}")]
    public static partial void NameLeadsTo(ILogger logger, string entry, string addresses);

    [LoggerMessage(1010, LogLevel.Warning, "{Entry} leads to no scanner: {Trouble}; {Known} addresses known before stay in use")]
    public static partial void NameHasNoAnswer(ILogger logger, string entry, string trouble, int known);

    [LoggerMessage(
        1011,
        LogLevel.Information,
        "Scanner {Scanner} gets no new scans: it is not configured any more, or its host name no longer has this address")]
    public static partial void ScannerLeft(ILogger logger, string scanner);

    [LoggerMessage(1012, LogLevel.Warning, "{Entry} has more addresses than MaxAddressesPerName ({Most}): {LeftOut} of them get no scans")]
    public static partial void TooManyAddresses(ILogger logger, string entry, int most, int leftOut);
}
