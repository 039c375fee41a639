//! `Interrupted` is passed on.

fn read_some(file: &dyn File, offset: u64, spare: &mut [MaybeUninit<u8>]) -> io::Result<usize> {
    let (start, room) = (spare.as_ptr().cast(), spare.len());
    loop {
        match file.read_uninit_at(offset, spare) {
            Ok([]) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(filled) if filled.as_ptr() == start && filled.len() <= room => {
                return Ok(filled.len());
            }
            Ok(_) => {
                return Err(io::Error::other(
                    "a read returned other memory than it was given",
                ));
            }
            Err(error) => return Err(error),
        }
    }
}
