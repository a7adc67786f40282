using ClamProxy.Ranges;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace ClamProxy.Tests.Doors.Http;

public sealed class PreconditionsTests
{
    private const string Earlier = "Thu, 20 Nov 2025 07:59:59 GMT";
    private const string Date = "Thu, 20 Nov 2025 08:00:00 GMT";
    private const string Later = "Thu, 20 Nov 2025 08:00:01 GMT";

    [Theory]
    [InlineData("", "Proceed")]
    [InlineData("If-Match: \"v1\"", "Proceed")]
    [InlineData("If-Match: *", "Proceed")]
    [InlineData("If-Match: \"v0\", \"v1\"", "Proceed")]
    [InlineData("If-Match: \"v0\"", "Failed")]
    [InlineData("If-Match: W/\"v1\"", "Failed")]
    [InlineData("If-Match: v1", "Failed")]
    [InlineData("If-Match: ", "Failed")]
    [InlineData("If-None-Match: \"v1\"", "NotModified")]
    [InlineData("If-None-Match: W/\"v1\"", "NotModified")]
    [InlineData("If-None-Match: *", "NotModified")]
    [InlineData("If-None-Match: \"v0\"\t,,  \"v1\"", "NotModified")]
    [InlineData("If-None-Match: garbage, \"v1\"", "NotModified")]
    [InlineData("If-None-Match: \"open, \"v1\"", "NotModified")]
    [InlineData("If-None-Match: \"v0, \", \"v1\"", "NotModified")]
    [InlineData("If-None-Match: \"x,\"v1\"x", "Proceed")]
    [InlineData("If-None-Match: \"v0\"", "Proceed")]
    [InlineData("If-None-Match: \"v1\"x", "Proceed")]
    [InlineData("If-None-Match: w/\"v1\"", "Proceed")]
    [InlineData("If-None-Match: \"V1\"", "Proceed")]
    [InlineData("If-None-Match: , ,", "Proceed")]
    [InlineData("If-None-Match: ", "Proceed")]
    [InlineData($"If-Modified-Since: {Earlier}", "Proceed")]
    [InlineData($"If-Modified-Since: {Date}", "NotModified")]
    [InlineData($"If-Modified-Since: {Later}", "NotModified")]
    [InlineData("If-Modified-Since: Thursday, 20-Nov-25 08:00:00 GMT", "NotModified")]
    [InlineData("If-Modified-Since: Thu Nov 20 08:00:00 2025", "NotModified")]
    [InlineData("If-Modified-Since: soon", "Proceed")]
    [InlineData("If-Modified-Since: ", "Proceed")]
    [InlineData($"If-Unmodified-Since: {Earlier}", "Failed")]
    [InlineData($"If-Unmodified-Since: {Date}", "Proceed")]
    [InlineData($"If-Unmodified-Since: {Later}", "Proceed")]
    [InlineData("If-Unmodified-Since: soon", "Proceed")]
    [InlineData($"If-Match: \"v1\"|If-Unmodified-Since: {Earlier}", "Proceed")]
    [InlineData($"If-Match: \"v0\"|If-None-Match: \"v1\"", "Failed")]
    [InlineData($"If-Match: \"v1\"|If-None-Match: \"v1\"", "NotModified")]
    [InlineData($"If-None-Match: \"v0\"|If-Modified-Since: {Date}", "Proceed")]
    [InlineData($"If-None-Match: \"v1\"|If-Modified-Since: {Earlier}", "NotModified")]
    [InlineData($"If-Unmodified-Since: {Earlier}|If-Modified-Since: {Date}", "Failed")]
    public void Conditions_AreWeighedInTheOrderOfTheRfc(string fields, string expected) =>
        Assert.Equal(expected, Preconditions.Evaluate(Request(fields), "\"v1\"", Date).ToString());

    [Theory]
    [InlineData("If-None-Match: W/\"v1\"", "NotModified")]
    [InlineData("If-None-Match: \"v1\"", "NotModified")]
    [InlineData("If-Match: W/\"v1\"", "Failed")]
    [InlineData("If-Match: *", "Proceed")]
    public void WeakTagOfTheFile_IsGoodForIfNoneMatchOnly(string fields, string expected) =>
        Assert.Equal(expected, Preconditions.Evaluate(Request(fields), "W/\"v1\"", null).ToString());

    [Theory]
    [InlineData("If-None-Match: *", "NotModified")]
    [InlineData("If-None-Match: \"v1\"", "Proceed")]
    [InlineData("If-Match: *", "Proceed")]
    [InlineData("If-Match: \"v1\"", "Failed")]
    [InlineData($"If-Modified-Since: {Date}", "Proceed")]
    [InlineData($"If-Unmodified-Since: {Earlier}", "Proceed")]
    public void FileWithoutValidators_IsThereAndNoMore(string fields, string expected) =>
        Assert.Equal(expected, Preconditions.Evaluate(Request(fields), null, null).ToString());

    [Theory]
    [InlineData("\"a,b\"", PreconditionOutcome.NotModified)]
    [InlineData("\"x\", \"a,b\" , \"y\"", PreconditionOutcome.NotModified)]
    [InlineData("\"a\", b\"", PreconditionOutcome.Proceed)]
    internal void TagWithACommaWithin_IsOneTag(string field, PreconditionOutcome expected) =>
        Assert.Equal(expected, Preconditions.Evaluate(Request($"If-None-Match: {field}"), "\"a,b\"", null));

    [Fact]
    public void TagOnTheSecondLineOfAField_Counts()
    {
        var request = new HeaderDictionary { ["If-None-Match"] = new StringValues(["\"v0\"", "\"v1\""]) };

        Assert.Equal(PreconditionOutcome.NotModified, Preconditions.Evaluate(request, "\"v1\"", null));
    }

    [Fact]
    public void RequestWithoutConditions_CostsNoMemory()
    {
        var request = Request("");
        Preconditions.Evaluate(request, "\"v1\"", Date);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 100; i++)
        {
            Preconditions.Evaluate(request, "\"v1\"", Date);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static HeaderDictionary Request(string fields)
    {
        var request = new HeaderDictionary();
        foreach (var field in fields.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = field.IndexOf(": ", StringComparison.Ordinal);
            request[field[..colon]] = new StringValues([field[(colon + 2)..]]);
        }

        return request;
    }
}
