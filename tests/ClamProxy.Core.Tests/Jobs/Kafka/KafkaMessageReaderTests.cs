using ClamProxy.Core.Jobs.Kafka;
using Confluent.Kafka;

namespace ClamProxy.Core.Tests.Jobs.Kafka;

/// <summary>What anybody may put into a topic of jobs, without a broker.</summary>
public sealed class KafkaMessageReaderTests
{
    private static readonly byte[] s_job = """{"id":"a","bucket":"objects","key":"a_file"}"""u8.ToArray();

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    public void TimeThatIsNone_IsTakenAsSomeTimeAndThrowsNothing(long milliseconds)
    {
        var (entry, problem) = Reader().Read(Message(s_job, milliseconds));

        Assert.Null(problem);
        Assert.Equal("a", entry.Job!.Id);
    }

    [Fact]
    public void ResultWithATimeThatIsNone_IsRead()
    {
        var message = Message(
            """{"id":"a","bucket":"objects","key":"a_file","status":"INFECTED"}"""u8.ToArray(), long.MaxValue);

        Assert.NotNull(KafkaShapes.ReadResult(message.Message.Value, message.Message.SentAt()));
    }

    /// <summary>Who calls a job ours says that nobody may know of it: then its content is deleted.</summary>
    [Theory]
    [InlineData("a_file", true)]
    [InlineData("processed/b_file", false)]
    public void MessageThatCallsItselfOurs_IsOnlyWithAKeyOfItsOwn(string key, bool isOurs)
    {
        var value = System.Text.Encoding.UTF8.GetBytes($$"""{"id":"a","bucket":"objects","key":"{{key}}"}""");
        var headers = new Headers { { KafkaHeaders.Attempts, "0"u8.ToArray() } };

        Assert.Equal(isOurs, Reader().Read(Message(value, 0, headers)).Entry.IsOurs);
    }

    private static KafkaMessageReader Reader() => new(new KafkaOptions(), "objects", sharesResults: true);

    private static ConsumeResult<string?, byte[]> Message(byte[] value, long milliseconds, Headers? headers = null) => new()
    {
        TopicPartitionOffset = new TopicPartitionOffset("files_to_scan", 0, 0),
        Message = new Message<string?, byte[]>
        {
            Value = value,
            Headers = headers ?? [],
            Timestamp = new Timestamp(milliseconds, TimestampType.CreateTime),
        },
    };
}
