namespace Sallyport.Transport.Epoll;

/// <summary>What hears of a descriptor's events.</summary>
internal interface IEpollHandler
{
    /// <summary>Which use of the descriptor number this is.</summary>
    uint Generation { get; set; }

    void OnEvents(uint events);
}
