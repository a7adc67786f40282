using System.Text;
using System.Text.Json;
using ClamProxy.Core.Buckets.Events;

namespace ClamProxy.Core.Tests.Buckets;

/// <summary>Every form in which a store tells of a created object, by every way that it comes.</summary>
public sealed class EventReaderTests
{
    private const string Amazon = """
        {"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-west-1","eventTime":"2026-03-01T10:00:00.123Z",
        "eventName":"ObjectCreated:Put","s3":{"s3SchemaVersion":"1.0","bucket":{"name":"in","arn":"arn:aws:s3:::in"},
        "object":{"key":"a+b/%C3%BC%2B1.zip","size":1024,"eTag":"0123abcd","versionId":"v1","sequencer":"0055AED6DCD90281E5"}}}]}
        """;

    private const string MinIO = """
        {"EventName":"s3:ObjectCreated:CompleteMultipartUpload","Key":"in/a b/ü+1.zip","Records":[{"eventVersion":"2.0",
        "eventSource":"minio:s3","eventTime":"2026-03-01T10:00:00.123Z","eventName":"s3:ObjectCreated:CompleteMultipartUpload",
        "s3":{"bucket":{"name":"in"},"object":{"key":"a+b%2F%C3%BC%2B1.zip","size":1024,"eTag":"0123abcd","versionId":"v1",
        "contentType":"application/zip","userMetadata":{"x":"y"},"sequencer":"0055AED6DCD90281E5"}}}]}
        """;

    private const string Ceph = """
        {"Records":[{"eventVersion":"2.2","eventSource":"ceph:s3","eventTime":"2026-03-01T10:00:00.123Z",
        "eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"in"},"object":{"key":"a b/ü+1.zip","size":"1024","eTag":"0123abcd",
        "versionId":"v1","sequencer":"0055AED6DCD90281E5","metadata":[],"tags":[]}},"eventId":"","opaqueData":""}]}
        """;

    private const string Bridge = """
        {"version":"0","id":"x","detail-type":"Object Created","source":"aws.s3","time":"2026-03-01T10:00:00.123Z","detail":{
        "version":"0","bucket":{"name":"in"},"object":{"key":"a b/ü+1.zip","size":1024,"etag":"0123abcd","version-id":"v1",
        "sequencer":"0055AED6DCD90281E5"},"request-id":"r","requester":"1","reason":"PutObject"}}
        """;

    private const string SentAgain = """
        {"Records":[{"eventTime":"2026-03-01T10:00:00.123Z","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"in"},
        "object":{"key":"a b/ü+1.zip","size":1024,"eTag":"\"0123abcd\"","versionId":"v1","sequencer":"0055AED6DCD90281E5"}}}]}
        """;

    public static TheoryData<string, string> Forms
    {
        get
        {
            var forms = new TheoryData<string, string>();
            foreach (var (name, body) in ((string, string)[])
                [("Amazon", Amazon), ("MinIO", MinIO), ("Ceph", Ceph), ("EventBridge", Bridge), ("sent again", SentAgain)])
            {
                forms.Add($"{name}, as it is", body);
                forms.Add($"{name}, by SNS", Wrapped(body));
                forms.Add($"{name}, by SNS twice", Wrapped(Wrapped(body)));
            }

            forms.Add("MinIO, in a list of Redis", $$"""[{"Event":[{{RecordOf(MinIO)}}],"EventTime":"2026-03-01T10:00:00.123Z"}]""");
            return forms;
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void EveryForm_HasTheSameObject(string form, string body)
    {
        Assert.NotEmpty(form);
        var one = Assert.Single(Assert.IsType<EventMessage.Created>(Read(body)).Objects);
        Assert.Equal(("in", "a b/ü+1.zip", "0123abcd", "v1", 1024L), (one.Bucket, one.Key, one.ETag, one.VersionId, one.Size));
        Assert.Equal("0055AED6DCD90281E5", $"{one.Sequencer}");
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 10, 0, 0, 123, TimeSpan.Zero), one.At);
    }

    [Fact]
    public void SeveralRecords_AreAllThere()
    {
        var body = """
            {"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"in"},"object":{"key":"a"}}},
            {"eventName":"ObjectRemoved:Delete","s3":{"bucket":{"name":"in"},"object":{"key":"b"}}},
            {"eventName":"s3:ObjectCreated:Copy","s3":{"bucket":{"name":"in"},"object":{"key":"c","versionId":"null"}}}]}
            """;
        var objects = Assert.IsType<EventMessage.Created>(Read(body)).Objects;
        Assert.Equal(["a", "c"], objects.Select(one => one.Key));
        Assert.All(objects, one => Assert.Equal((null, null, null), (one.VersionId, one.ETag, one.Size)));
    }

    [Theory]
    [InlineData("""{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-03-01T10:00:00.000Z","Bucket":"in"}""", "the test of a")]
    [InlineData("""{"Records":[{"eventName":"ObjectRemoved:Delete","s3":{}}]}""", "an event ObjectRemoved:Delete")]
    [InlineData("""{"Records":[{"eventName":"x\n\u001b[1m<b>","s3":{}}]}""", "an event x1mb")]
    [InlineData("""{"detail-type":"Object Deleted","detail":{"bucket":{"name":"in"},"object":{"key":"a"}}}""", "an event Object Deleted")]
    [InlineData("""{"Type":"SubscriptionConfirmation","SubscribeURL":"https://example.org/"}""", "a request to confirm")]
    public void OtherEvents_AreNothingToDo(string body, string what) =>
        Assert.StartsWith(what, Assert.IsType<EventMessage.Unrelated>(Read(body)).What, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("[]")]
    [InlineData("[1]")]
    [InlineData("""[{"Event":[]}]""")]
    [InlineData("{}")]
    [InlineData("""{"Records":{}}""")]
    [InlineData("""{"Records":[]}""")]
    [InlineData("""{"Records":[1,null,"x",[]]}""")]
    [InlineData("""{"Records":[{"eventName":"ObjectCreated:Put"}]}""")]
    [InlineData("""{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":""},"object":{"key":"a"}}}]}""")]
    [InlineData("""{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"in"},"object":{"key":1}}}]}""")]
    [InlineData("""{"detail-type":"Object Created","detail":{"bucket":{"name":"in"}}}""")]
    [InlineData("""{"Type":"Notification","Message":"x"}""")]
    public void WhatNobodyKnows_IsUnreadableAndSaysWhy(string body) =>
        Assert.NotEmpty(Assert.IsType<EventMessage.Unreadable>(Read(body)).Problem);

    [Fact]
    public void EnvelopesWithoutEnd_AreRefused() =>
        Assert.IsType<EventMessage.Unreadable>(Read(Enumerable.Range(0, 5).Aggregate(Amazon, (body, _) => Wrapped(body))));

    [Fact]
    public void TooLarge_IsRefused() => Assert.IsType<EventMessage.Unreadable>(EventReader.Read(new byte[EventReader.MostBytes + 1]));

    [Theory]
    [InlineData("0055AED6DCD90281E5", "0055AED6DCD90281E6", -1)]
    [InlineData("0055aed6dcd90281e5", "0055AED6DCD90281E5", 0)]
    [InlineData("0055", "005500", 0)]
    [InlineData("0056", "005500", 1)]
    [InlineData("0055", "005501", -1)]
    public void Sequencers_CompareFromTheLeftFilledWithZeros(string left, string right, int order) =>
        Assert.Equal(order, Math.Sign(ObjectSequencer.Parse(left)!.Value.CompareTo(ObjectSequencer.Parse(right)!.Value)));

    [Theory]
    [InlineData("")]
    [InlineData("xyz")]
    [InlineData(null)]
    public void WhatIsNoSequencer_OrdersNothing(string? text) => Assert.Null(ObjectSequencer.Parse(text));

    private static string Wrapped(string body) => JsonSerializer.Serialize(
        new { Type = "Notification", MessageId = "m", TopicArn = "arn:aws:sns:eu-west-1:1:t", Message = body });

    private static string RecordOf(string body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("Records")[0].GetRawText();
    }

    private static EventMessage Read(string body) => EventReader.Read(Encoding.UTF8.GetBytes(body));
}
