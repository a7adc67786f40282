using System.Globalization;
using ClamProxy.Core.Clamd;

namespace ClamProxy.Core.Tests.Clamd;

public sealed class ScannerVersionTests
{
    [Theory]
    [InlineData("ClamAV 1.4.6/27826/Fri Nov 20 08:00:00 2026", "1.4.6", 27826, "2026-11-20T08:00:00Z")]
    [InlineData("ClamAV 1.4.6/27826/Thu Nov 20 08:00:00 2026", "1.4.6", 27826, "2026-11-20T08:00:00Z")]
    [InlineData("ClamAV 1.0.7+dfsg/1/Sun Nov  1 08:00:00 2026", "1.0.7+dfsg", 1, "2026-11-01T08:00:00Z")]
    [InlineData("ClamAV 1.4.6", "1.4.6", null, null)]
    [InlineData("ClamAV 1.4.6/x/y", "1.4.6", null, null)]
    [InlineData("ClamAV 1.4.6/99999999999/", "1.4.6", null, null)]
    [InlineData("Other 2", "Other 2", null, null)]
    public void Text_IsRead(string text, string engine, int? database, string? date) => Assert.Equal(
        new ScannerVersion(engine, database, date is null ? null : DateTimeOffset.Parse(date, CultureInfo.InvariantCulture)),
        ScannerVersion.Parse(text));
}
