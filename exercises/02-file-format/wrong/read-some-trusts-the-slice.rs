//! Whatever slice comes back, its length is believed.

fn read_some(file: &dyn File, offset: u64, spare: &mut [MaybeUninit<u8>]) -> io::Result<usize> {
    loop {
        match file.read_uninit_at(offset, spare) {
            Ok([]) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(filled) => return Ok(filled.len()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
