// store.ts - the photographs as the server has them, and what is said of one in the reader's language.
import { signal } from "@preact/signals";
import type { Api } from "../api-types";
import { call } from "../call";
import { LANGUAGES, language, type Language } from "../words";

export type Photo = Api["GET /api/photos"]["answer"]["photos"][number];
export type Text = Photo["texts"][number];

export const photos = signal<Photo[] | null>(null);
export const readPhotos = async (): Promise<void> => void (photos.value = (await call("GET /api/photos", {})).photos);

// In the reader's language; otherwise in English, otherwise in the first that there is.
export const textOf = (photo: Photo): Text | undefined =>
  photo.texts.find((text) => text.language === language.value) ?? photo.texts.find((text) => text.language === "en") ?? photo.texts[0];

export const languageName = (code: string): string => LANGUAGES[code as Language] ?? code;

export const imageUrl = (image: Photo["images"][number]): string => `/api/photos/image/${image.digest}.jpg`;
