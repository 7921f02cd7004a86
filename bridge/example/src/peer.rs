//! The other side: it greets Ada, and says nothing to anybody else.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Listens on a port that the system picks.
pub async fn start() -> io::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(talk(client));
        }
    });
    Ok(port)
}

async fn talk(client: TcpStream) -> io::Result<()> {
    let mut client = BufReader::new(client);
    let mut token = String::new();
    client.read_line(&mut token).await?;
    if token == "token of ada\n" {
        client.write_all(b"hello, ada\nnice to see you\n").await
    } else {
        client.read_u8().await.map(drop) // until the client hangs up
    }
}
